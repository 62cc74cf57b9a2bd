import { connect } from 'cloudflare:sockets';
import type { Peer } from '../upstream/upstream.ts';
import type { BodyReader, RequestBodyError } from './request-body.ts';
import { startUpload } from './request-stream.ts';

/** What became of one try at one peer. */
export type Outcome =
  | { kind: 'response'; response: Response }
  /** No answer. `wasSent` is false only when it is certain that the peer never saw the request. */
  | { kind: 'failure'; wasSent: boolean; timedOut: boolean; reason: string }
  /** The client is gone, which is not the peer's fault. */
  | { kind: 'clientLeft' }
  /** The client's body ended early or came too slowly, which is not the peer's fault either. */
  | { kind: 'bodyFailed'; error: RequestBodyError };

export interface ForwardOptions {
  method: string;
  /** As the peer is to see them. */
  headers: Headers;
  body: ArrayBuffer | BodyReader | null;
  /** Path and query. */
  target: string;
  /** Makes sure first that the peer takes connections, for a request that must not be sent twice. */
  mustProbe: boolean;
  /** Aborts when the client leaves. */
  clientSignal: AbortSignal;
  connectTimeoutMs: number;
  readTimeoutMs: number;
}

/** Sends a request to one peer and waits for the headers of its answer. Never throws. */
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
    if (!isOver) timer = setTimeout(() => timeout.abort(new ReadTimeout()), options.readTimeoutMs);
  };
  // The peer's time to answer begins when it has the whole request, however slowly the client sends.
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
    });
    return { kind: 'response', response };
  } catch (error) {
    if (clientSignal.aborted) return { kind: 'clientLeft' };
    if (upload?.cutShort.aborted) return { kind: 'bodyFailed', error: upload.cutShort.reason as RequestBodyError };
    return failure(error, true, timeout.signal.aborted);
  } finally {
    // A peer may answer before it has the whole request, and then has all the time it wants.
    isOver = true;
    clearTimeout(timer);
  }
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
