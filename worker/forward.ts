import { connect } from 'cloudflare:sockets';
import { proxy } from 'hono/proxy';
import type { Peer } from './affinity/upstream.ts';
import { passThrough } from './pass-through.ts';

/** What became of one try at one peer. */
export type Outcome =
  | { kind: 'response'; response: Response }
  /** No answer. `wasSent` is false only when it is certain that the peer never saw the request. */
  | { kind: 'failure'; wasSent: boolean; timedOut: boolean; reason: string };

export interface ForwardOptions {
  /** Method and headers as the peer is to see them. */
  request: Request;
  body: ArrayBuffer | ReadableStream | null;
  /** Path and query. */
  target: string;
  /** Makes sure first that the peer takes connections, for a request that must not be sent twice. */
  mustProbe: boolean;
  connectTimeoutMs: number;
  readTimeoutMs: number;
}

/** Sends a request to one peer and waits for the headers of its answer. Never throws. */
export async function forward(peer: Peer, options: ForwardOptions): Promise<Outcome> {
  if (options.mustProbe) {
    const failure = await probe(peer, options.connectTimeoutMs);
    if (failure) return failure;
  }
  const timeout = new AbortController();
  let timer: number | null = null;
  const startTimer = () => {
    timer = setTimeout(() => timeout.abort(new ReadTimeout()), options.readTimeoutMs);
  };
  try {
    const { request } = options;
    const body = streamed(options, startTimer);
    const init = { raw: request, body, redirect: 'manual', signal: timeout.signal } as const;
    const isUpgrade = request.headers.get('Upgrade')?.toLowerCase() === 'websocket';
    const url = peer.url + options.target;
    // The helper drops hop-by-hop headers, and an upgrade is one of them.
    const response = isUpgrade ? await fetch(new Request(url, request), init) : await proxy(url, init);
    return { kind: 'response', response };
  } catch (error) {
    return failure(error, true, timeout.signal.aborted);
  } finally {
    clearTimeout(timer);
  }
}

/** The body to send. The peer's time to answer begins when it has all of it, however slowly the client sends. */
function streamed({ body, request }: ForwardOptions, onSent: () => void): ArrayBuffer | ReadableStream | null {
  if (!(body instanceof ReadableStream)) {
    onSent();
    return body;
  }
  const { readable, done } = passThrough(body, request.headers.get('Content-Length'));
  // A client that stops sending breaks the request off, and that is seen by whoever reads the other end.
  done.then(onSent, () => {});
  return readable;
}

/**
 * Opens a connection to the peer and closes it again. workerd's `fetch` fails with one and the same error whether a
 * connection was refused or broke after the request was sent, and only in the first case may a POST go to another peer.
 */
async function probe(peer: Peer, connectTimeoutMs: number): Promise<Outcome | undefined> {
  const { hostname, port, protocol } = new URL(peer.url);
  const socket = connect({ hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) });
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new ConnectTimeout()), connectTimeoutMs);
  try {
    await Promise.race([socket.opened, timeout.promise]);
    return undefined;
  } catch (error) {
    return failure(error, false, error instanceof ConnectTimeout);
  } finally {
    clearTimeout(timer);
    // A socket that never opened fails to close, too; it is of no more interest.
    socket.close().catch(() => {});
  }
}

class ReadTimeout extends Error {
  override name = 'ReadTimeout';
  override message = 'no answer in time';
}

class ConnectTimeout extends Error {
  override name = 'ConnectTimeout';
  override message = 'no connection in time';
}

function failure(error: unknown, wasSent: boolean, timedOut: boolean): Outcome {
  return { kind: 'failure', wasSent, timedOut, reason: error instanceof Error ? error.message : `${error}` };
}
