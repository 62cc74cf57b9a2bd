import { connect } from 'cloudflare:sockets';
import { startDeadline } from '../../app/lib/deadline.ts';
import { untilAborted } from '../../app/lib/until-aborted.ts';
import type { Peer } from '../upstream/upstream.ts';

/** No response. `wasSent` is false only if the peer certainly never saw the request. */
export interface Failure {
  kind: 'failure';
  wasSent: boolean;
  timedOut: boolean;
  reason: string;
}

/**
 * Opens a connection to the peer and closes it again. workerd's `fetch` fails with the same error whether the
 * connection was refused or broke after the request was sent. Only in the first case may a POST go to another peer.
 */
export async function probe(peer: Peer, connectTimeoutMs: number): Promise<Failure | undefined> {
  const { hostname, port, protocol } = new URL(peer.url);
  const socket = connect({ hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) });
  using deadline = startDeadline(connectTimeoutMs, 'no connection in time');
  try {
    await untilAborted(socket.opened, deadline.signal);
    return undefined;
  } catch (error) {
    return failure(error, false, deadline.signal.aborted);
  } finally {
    // Closing a socket that never opened fails, too. The error does not matter.
    socket.close().catch(() => {});
  }
}

export function failure(error: unknown, wasSent: boolean, timedOut: boolean): Failure {
  return { kind: 'failure', wasSent, timedOut, reason: error instanceof Error ? error.message : `${error}` };
}
