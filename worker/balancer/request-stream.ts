import { type BodyReader, RequestBodyError } from './body-reader.ts';
import { PIECE_BYTES } from './request-body.ts';
import { createStallTimer } from './stall-timer.ts';

/** A client's body while it is sent to a peer. */
export interface Upload {
  readable: ReadableStream;
  /** Resolves when the peer has all of the body. Stays pending when client or peer ends it early. */
  sent: Promise<void>;
  /** Resolves when nothing more is sent, for whatever reason, or the peer takes too long to receive the next part. */
  ended: Promise<unknown>;
  /** Aborted with a `RequestBodyError` when the client's side failed before the peer responded. */
  cutShort: AbortSignal;
  /** The peer has responded: from now on a failure of the client's side must not break the response off. */
  peerResponded(): void;
}

/** How long the peer may take to receive the next part. */
export interface SendLimit {
  timeoutMs: number;
  onStall(): void;
}

/**
 * Streams a client's body to a peer. A pipe of the runtime would do the same, but when it breaks it does not say on which side,
 * and a peer is not to blame for a client that disconnects.
 *
 * @param length the body's `Content-Length`; without one it is sent in chunks
 */
export function startUpload(body: BodyReader, length: string | null, { timeoutMs, onStall }: SendLimit): Upload {
  const { readable, writable } =
    length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length));
  const writer = writable.getWriter();
  const sent = Promise.withResolvers<void>();
  const cutShort = new AbortController();
  const stalled = Promise.withResolvers<void>();
  let hasResponse = false;
  const timer = createStallTimer(() => {
    // A peer that has responded must go on with its response from now on. To abort the request could break that off.
    if (hasResponse) stalled.resolve();
    else onStall();
  });

  async function pump(): Promise<void> {
    for (;;) {
      // A new buffer each time: the written one belongs to the peer's stream.
      const piece = await body.read(new Uint8Array(PIECE_BYTES));
      if (!piece) break;
      timer.expect(timeoutMs);
      await writer.write(piece);
      timer.expect(Number.POSITIVE_INFINITY);
    }
    timer.expect(timeoutMs);
    await writer.close();
    sent.resolve();
  }

  // Whichever side failed, end the other. Errors in doing so do not matter.
  const ended = pump()
    .finally(timer.stop)
    .catch((error: unknown): Promise<unknown> => {
      if (error instanceof RequestBodyError) {
        // The error would come out of the response's body, too. The end of the response ends this stream.
        if (hasResponse) return body.cancel();
        // Before the stream: when that is aborted, the runtime ends its chunks as if the request were complete.
        cutShort.abort(error);
      }
      return Promise.allSettled([writer.abort(error), body.cancel()]);
    });
  return {
    readable,
    sent: sent.promise,
    ended: Promise.race([ended, stalled.promise]),
    cutShort: cutShort.signal,
    peerResponded() {
      hasResponse = true;
    },
  };
}
