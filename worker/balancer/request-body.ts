import type { Admission } from './request-limits.ts';

/** Bodies of known length up to this size are held in memory, so that they can be sent again; larger ones are streamed. */
export const REPLAYABLE_BODY_BYTES = 64 * 1024;

/** What is read at once of a body that is streamed, or whose length is not known. */
export const PIECE_BYTES = 16 * 1024;
const DROPPED_PIECE_BYTES = 4 * 1024;

/**
 * As Nginx by default, which holds back what it forwards, too. See `takeBody` for why such bodies cannot be streamed.
 */
export const MAX_CHUNKED_BODY_BYTES = 1024 * 1024;

/** A client that is slower than so many bytes in `PROGRESS_MS` is cut off, however regularly it sends. */
const PROGRESS_BYTES = 64 * 1024;
const PROGRESS_MS = 60_000;

/** Methods with which the runtime's `fetch` sends no body, which has no meaning there (RFC 9110 section 9.3.1). */
const WITHOUT_BODY = new Set(['GET', 'HEAD']);

/** A request's body on its way to the peers. */
export interface RequestBody {
  /** What to send; the same bytes each time when `isReplayable`, something that can be read once otherwise. */
  content: ArrayBuffer | BodyReader | null;
  isReplayable: boolean;
}

/** A body cannot be had. */
export class RequestBodyError extends Error {
  override name = 'RequestBodyError';
  readonly status: 400 | 408 | 413 | 429 | 503;

  constructor(status: RequestBodyError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads a body piece by piece, for as long as the client keeps sending. */
export interface BodyReader {
  /**
   * Reads into a buffer, which is not to be used any more afterwards: the one that is returned takes its place.
   *
   * @returns what was read; undefined at the end of the body
   * @throws {RequestBodyError} 408 for a client that is too slow, 400 for one that ends its request early or breaks its form
   */
  read(into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined>;
  cancel(): Promise<void>;
}

/**
 * Reads a small body into memory, and any body of unknown length: the runtime ends a chunked request properly when its body
 * breaks off, and a peer would take a part for the whole. A large body of known length is left to be streamed.
 *
 * @throws {RequestBodyError}
 */
export async function bufferRequestBody(
  request: Request,
  admission: Admission,
  idleTimeoutMs: number,
): Promise<RequestBody> {
  const { body, headers, method } = request;
  if (body === null) return { content: null, isReplayable: true };
  const announced = headers.get('Content-Length');
  const length = announced === null ? undefined : Number(announced);
  const isDropped = WITHOUT_BODY.has(method);
  const isStreamed = !isDropped && length !== undefined && length > REPLAYABLE_BODY_BYTES;
  const reader = createBodyReader(body, idleTimeoutMs);
  const take = (bytes: number) => {
    const status = admission.takeBytes(bytes);
    if (status) throw new RequestBodyError(status, 'Too many request bodies are being sent at once.');
  };
  if (isStreamed) {
    take(PIECE_BYTES);
    return { content: reader, isReplayable: false };
  }
  if (isDropped) {
    await drop(reader);
    return { content: null, isReplayable: true };
  }
  take(length ?? PIECE_BYTES);
  const content = await (length === undefined ? collectChunks(reader, take) : collect(reader, length));
  return { content, isReplayable: true };
}

/** Reads to the end without keeping anything: it shows whether the request is whole. */
async function drop(reader: BodyReader): Promise<void> {
  let length = 0;
  for (;;) {
    const piece = await reader.read(new Uint8Array(DROPPED_PIECE_BYTES));
    if (!piece) return;
    length += piece.byteLength;
    if (length > MAX_CHUNKED_BODY_BYTES) throw tooLarge();
  }
}

/** Reads a body of known length into one buffer. */
async function collect(reader: BodyReader, length: number): Promise<ArrayBuffer> {
  let buffer = new ArrayBuffer(length);
  for (let had = 0; had < length; ) {
    const piece = await reader.read(new Uint8Array(buffer, had));
    if (!piece) throw malformed();
    buffer = piece.buffer;
    had += piece.byteLength;
  }
  return buffer;
}

/** Reads a body of unknown length into a buffer that grows. */
async function collectChunks(reader: BodyReader, take: (bytes: number) => void): Promise<ArrayBuffer> {
  let buffer = new ArrayBuffer(PIECE_BYTES);
  let length = 0;
  for (;;) {
    const piece = await reader.read(new Uint8Array(PIECE_BYTES));
    if (!piece) return buffer.transfer(length);
    const needed = length + piece.byteLength;
    if (needed > MAX_CHUNKED_BODY_BYTES) throw tooLarge();
    if (needed > buffer.byteLength) {
      take(buffer.byteLength);
      buffer = buffer.transfer(2 * buffer.byteLength);
    }
    new Uint8Array(buffer).set(piece, length);
    length = needed;
  }
}

function malformed(): RequestBodyError {
  return new RequestBodyError(400, 'The body of this request is malformed or incomplete.');
}

function tooLarge(): RequestBodyError {
  return new RequestBodyError(413, 'The body of this request is too large.');
}

/** Builds a reader of a client's body. */
export function createBodyReader(body: ReadableStream, idleTimeoutMs: number): BodyReader {
  const reader = body.getReader({ mode: 'byob' });
  const slow = Promise.withResolvers<never>();
  // Nobody may be waiting when it comes.
  slow.promise.catch(() => {});
  const cutOff = () => slow.reject(new RequestBodyError(408, 'The body of this request came too slowly.'));
  let progressTimer: number | null = null;
  let sinceProgress = 0;

  function noteProgress(bytes: number): void {
    sinceProgress += bytes;
    if (progressTimer !== null && sinceProgress < PROGRESS_BYTES) return;
    clearTimeout(progressTimer);
    progressTimer = setTimeout(cutOff, PROGRESS_MS);
    sinceProgress = 0;
  }

  return {
    async read(into) {
      if (progressTimer === null) noteProgress(0);
      const idleTimer = setTimeout(cutOff, idleTimeoutMs);
      try {
        const { value, done } = await Promise.race([reader.read(into), slow.promise]);
        if (done) clearTimeout(progressTimer);
        else noteProgress(value.byteLength);
        return done ? undefined : value;
      } catch (error) {
        clearTimeout(progressTimer);
        if (error instanceof RequestBodyError) {
          await reader.cancel(error).catch(() => {});
          throw error;
        }
        // The runtime has the same words for a connection that ends in the body and for a body that is malformed.
        throw malformed();
      } finally {
        clearTimeout(idleTimer);
      }
    },
    async cancel() {
      clearTimeout(progressTimer);
      await reader.cancel().catch(() => {});
    },
  };
}
