import { createBodyStream } from './pass-through.ts';

const CHUNK_BYTES = 64 * 1024;

/** A client's body on its way to a peer. */
export interface Upload {
  readable: ReadableStream;
  /** Resolves when the peer has all of it; stays pending when either side ends it before. */
  sent: Promise<void>;
  /** Whether the client ended it before. */
  isCutShort(): boolean;
}

/**
 * Lets a client's body flow to a peer as it comes. A pipe of the runtime would do the same, but when it breaks it does not
 * say on which side, and a peer is not to blame for a client that leaves.
 *
 * @param contentLength the `Content-Length` it was announced with, null when it was not
 */
export function startUpload(body: ReadableStream, contentLength: string | null): Upload {
  const { readable, writable } = createBodyStream(contentLength);
  const reader = body.getReader({ mode: 'byob' });
  const writer = writable.getWriter();
  const sent = Promise.withResolvers<void>();
  let isCutShort = false;

  async function pump(): Promise<void> {
    for (;;) {
      const chunk = await reader.read(new Uint8Array(CHUNK_BYTES)).catch((error: unknown) => {
        isCutShort = true;
        throw error;
      });
      if (chunk.done) break;
      await writer.write(chunk.value);
    }
    await writer.close();
    sent.resolve();
  }

  // Whichever side failed, the other is told; whether that one still cares does not matter.
  pump().catch((error: unknown) => Promise.allSettled([writer.abort(error), reader.cancel(error)]));
  return { readable, sent: sent.promise, isCutShort: () => isCutShort };
}
