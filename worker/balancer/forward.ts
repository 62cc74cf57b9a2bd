import { DeadlineError } from '../../app/lib/deadline.ts';
import type { Peer } from '../upstream/upstream.ts';
import { createAnswerTimer } from './answer-timer.ts';
import type { BodyReader, RequestBodyError } from './body-reader.ts';
import { type Failure, failure, probe } from './probe.ts';
import { startUpload } from './request-stream.ts';

/** Result of one try at one peer. */
export type Outcome =
  /**
   * `bodyBegan` ends the read timeout, which goes on after the headers. `requestSent` is undefined unless the peer has responded before
   * the client has sent its request.
   */
  | { kind: 'response'; response: Response; bodyBegan: () => void; requestSent: Promise<unknown> | undefined }
  | Failure
  /** The client disconnected, which is not the peer's fault. */
  | { kind: 'clientClosedRequest' }
  /** The client's body ended early, came too slowly or is too large, which is not the peer's fault. */
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

/**
 * Sends a request to one peer and waits for the response headers.
 *
 * @throws when the runtime cannot make this request; failures of peer and client are outcomes
 */
export async function forward(peer: Peer, options: ForwardOptions): Promise<Outcome> {
  if (options.mustProbe) {
    const failure = await probe(peer, options.connectTimeoutMs);
    if (failure) return failure;
  }
  const { method, headers, body, clientSignal, readTimeoutMs } = options;
  const timeout = new AbortController();
  const failLate = (reason: string) => timeout.abort(new DeadlineError(reason));
  const upload =
    body !== null && 'read' in body
      ? startUpload(body, headers.get('Content-Length'), {
          timeoutMs: readTimeoutMs,
          onStall: () => failLate('the request is not read'),
        })
      : undefined;
  const timer = createAnswerTimer(peer, options, failLate);
  let isSent = upload === undefined;
  // The read timeout starts when the peer has the whole request, however slowly the client sends it.
  if (upload) {
    upload.sent.then(() => {
      isSent = true;
      timer.expectAnswer();
    });
  } else if (options.mustProbe) timer.expectAnswer();
  else timer.expectConnection();

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
    return {
      kind: 'response',
      response,
      bodyBegan: timer.stop,
      requestSent: isSent ? undefined : upload?.ended,
    };
  } catch (error) {
    timer.stop();
    if (clientSignal.aborted) return { kind: 'clientClosedRequest' };
    if (upload?.cutShort.aborted) return { kind: 'bodyFailed', error: upload.cutShort.reason as RequestBodyError };
    return failure(error, true, timeout.signal.aborted);
  }
}
