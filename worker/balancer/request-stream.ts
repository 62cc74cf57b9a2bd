import { type BodyReader, PIECE_BYTES, RequestBodyError } from './request-body.ts';

/** A client's body on its way to a peer. */
export interface Upload {
  readable: ReadableStream;
  /** Resolves when the peer has all of it; stays pending when either side ends it before. */
  sent: Promise<void>;
  /** Aborts with a `RequestBodyError` when the client ended it before. */
  cutShort: AbortSignal;
}

/**
 * Lets a client's body of known length flow to a peer as it comes. A pipe of the runtime would do the same, but when it breaks it
 * does not say on which side, and a peer is not to blame for a client that leaves.
 */
export function startUpload(body: BodyReader, contentLength: number): Upload {
  const { readable, writable } = new FixedLengthStream(contentLength);
  const writer = writable.getWriter();
  const sent = Promise.withResolvers<void>();
  const cutShort = new AbortController();

  async function pump(): Promise<void> {
    for (;;) {
      // A new one each time: what was written is the peer's.
      const piece = await body.read(new Uint8Array(PIECE_BYTES));
      if (!piece) break;
      await writer.write(piece);
    }
    await writer.close();
    sent.resolve();
  }

  // Whichever side failed, the other is told; whether that one still cares does not matter.
  pump().catch((error: unknown) => {
    if (error instanceof RequestBodyError) cutShort.abort(error);
    return Promise.allSettled([writer.abort(error), body.cancel()]);
  });
  return { readable, sent: sent.promise, cutShort: cutShort.signal };
}
