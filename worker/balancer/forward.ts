import { connect } from 'cloudflare:sockets';
import { DeadlineError, startDeadline } from '../../app/lib/deadline.ts';
import { untilAborted } from '../../app/lib/until-aborted.ts';
import type { Peer } from '../upstream/upstream.ts';
import type { BodyReader, RequestBodyError } from './request-body.ts';
import { startUpload } from './request-stream.ts';

/** Result of one try at one peer. */
export type Outcome =
  | { kind: 'response'; response: Response }
  /** No response. `wasSent` is false only if the peer certainly never saw the request. */
  | { kind: 'failure'; wasSent: boolean; timedOut: boolean; reason: string }
  /** The client disconnected, which is not the peer's fault. */
  | { kind: 'clientClosedRequest' }
  /** The client's body ended early or came too slowly, which is not the peer's fault. */
  | { kind: 'bodyFailed'; error: RequestBodyError };

export interface ForwardOptions {
  method: string;
  /** The headers that the peer receives. */
  headers: Headers;
  body: ArrayBuffer | BodyReader | null;
  /** Path and query. */
  target: string;
  /** Checks first that the peer accepts connections. For a request that must not be sent twice. */
  mustProbe: boolean;
  /** Aborted when the client disconnects. */
  clientSignal: AbortSignal;
  connectTimeoutMs: number;
  readTimeoutMs: number;
}

/** Sends a request to one peer and waits for the response headers. Never throws. */
export async function forward(peer: Peer, options: ForwardOptions): Promise<Outcome> {
  if (options.mustProbe) {
    const failure = await probe(peer, options.connectTimeoutMs);
    if (failure) return failure;
  }
  const { method, headers, body, clientSignal } = options;
  const upload = body !== null && 'read' in body ? startUpload(body, Number(headers.get('Content-Length'))) : undefined;
  const timeout = new AbortController();
  let timer: number | null = null;
  let isOver = false;
  const startTimer = () => {
    if (!isOver) timer = setTimeout(() => timeout.abort(new DeadlineError('no answer in time')), options.readTimeoutMs);
  };
  // The read timeout starts when the peer has the whole request, however slowly the client sends it.
  if (upload) upload.sent.then(startTimer);
  else startTimer();

  const signal = AbortSignal.any([timeout.signal, clientSignal, ...(upload ? [upload.cutShort] : [])]);
  try {
    const response = await fetch(peer.url + options.target, {
      method,
      headers,
      body: upload?.readable ?? (body as ArrayBuffer | null),
      redirect: 'manual',
      signal,
      // Neither decompresses the body nor drops its `Content-Encoding`.
      encodeResponseBody: 'manual',
    });
    upload?.peerResponded();
    return { kind: 'response', response };
  } catch (error) {
    if (clientSignal.aborted) return { kind: 'clientClosedRequest' };
    if (upload?.cutShort.aborted) return { kind: 'bodyFailed', error: upload.cutShort.reason as RequestBodyError };
    return failure(error, true, timeout.signal.aborted);
  } finally {
    // A peer may respond before it has the whole request. After its headers no timeout applies.
    isOver = true;
    clearTimeout(timer);
  }
}

/**
 * Opens a connection to the peer and closes it again. workerd's `fetch` fails with the same error whether the
 * connection was refused or broke after the request was sent. Only in the first case may a POST go to another peer.
 */
async function probe(peer: Peer, connectTimeoutMs: number): Promise<Outcome | undefined> {
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

function failure(error: unknown, wasSent: boolean, timedOut: boolean): Outcome {
  return { kind: 'failure', wasSent, timedOut, reason: error instanceof Error ? error.message : `${error}` };
}
