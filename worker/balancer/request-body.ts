import { type BodyLimits, type BodyReader, createBodyReader, malformed, RequestBodyError } from './body-reader.ts';
import type { Admission } from './request-limits.ts';

/**
 * Bodies of known length up to this size are kept in memory, so that they can be sent again. Larger ones are streamed.
 */
const REPLAYABLE_BODY_BYTES = 64 * 1024;

/** The same for bodies of unknown length (chunked). */
const REPLAYABLE_CHUNKED_BODY_BYTES = 1024 * 1024;

/** Bytes read at once from a body that is streamed or has no known length. */
export const PIECE_BYTES = 16 * 1024;
const DROPPED_PIECE_BYTES = 4 * 1024;

/** The runtime's `fetch` sends no body with these methods; it would have no meaning (RFC 9110 section 9.3.1). */
const WITHOUT_BODY = new Set(['GET', 'HEAD']);

/** A request's body as it is forwarded. */
export interface RequestBody {
  /** The same bytes for each peer when `isReplayable`. Otherwise a reader that can be read once. */
  content: ArrayBuffer | BodyReader | null;
  isReplayable: boolean;
}

/** The body of a request without one. */
export const NO_BODY: RequestBody = { content: null, isReplayable: true };

/**
 * Reads a small body into memory, and leaves a large one to be streamed. Of a body of unknown length the first part is held back,
 * because only its end shows that it is small.
 *
 * @throws {RequestBodyError} when the body cannot be read or its memory is not available
 */
export async function bufferRequestBody(
  request: Request,
  admission: Admission,
  limits: BodyLimits,
): Promise<RequestBody> {
  const { body, headers, method } = request;
  if (body === null) return NO_BODY;
  const announced = headers.get('Content-Length');
  const length = announced === null ? undefined : Number(announced);
  const reader = createBodyReader(body, limits);
  if (WITHOUT_BODY.has(method)) {
    await drop(reader);
    return NO_BODY;
  }
  if (length === undefined) return await bufferChunks(reader, admission);
  if (length > REPLAYABLE_BODY_BYTES) {
    take(admission, PIECE_BYTES);
    return { content: reader, isReplayable: false };
  }
  take(admission, length);
  return { content: await collect(reader, length), isReplayable: true };
}

/**
 * Returns the body for the edge's own handlers, which hold it in memory. A body that is streamed is whole: a peer that has read
 * from it may have executed the request, which is then not taken over.
 *
 * @returns undefined when it is larger than what the edge holds in memory
 * @throws {RequestBodyError} when it is streamed and cannot be read
 */
export async function wholeBody(
  { content }: RequestBody,
  admission: Admission,
): Promise<ArrayBuffer | null | undefined> {
  if (content === null || !('read' in content)) return content;
  const { content: held, isReplayable } = await bufferChunks(content, admission);
  return isReplayable ? (held as ArrayBuffer) : undefined;
}

/** @throws {RequestBodyError} when this memory is not available */
function take(admission: Admission, bytes: number): void {
  const status = admission.takeBytes(bytes);
  if (status) throw new RequestBodyError(status, 'Too many request bodies are being sent at once.');
}

/** Reads a body to its end and keeps nothing, only to see whether the request is complete. */
async function drop(reader: BodyReader): Promise<void> {
  while (await reader.read(new Uint8Array(DROPPED_PIECE_BYTES)));
}

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

async function bufferChunks(reader: BodyReader, admission: Admission): Promise<RequestBody> {
  take(admission, PIECE_BYTES);
  let buffer = new ArrayBuffer(PIECE_BYTES);
  let length = 0;
  for (;;) {
    const piece = await reader.read(new Uint8Array(PIECE_BYTES));
    if (!piece) return { content: buffer.transfer(length), isReplayable: true };
    const needed = length + piece.byteLength;
    if (needed > REPLAYABLE_CHUNKED_BODY_BYTES) {
      const held = buffer.byteLength - PIECE_BYTES;
      const giveBack = () => admission.giveBytes(held);
      return { content: continued([...piecesOf(buffer, length), piece], reader, giveBack), isReplayable: false };
    }
    if (needed > buffer.byteLength) {
      take(admission, buffer.byteLength);
      buffer = buffer.transfer(2 * buffer.byteLength);
    }
    new Uint8Array(buffer).set(piece, length);
    length = needed;
  }
}

function piecesOf(buffer: ArrayBuffer, length: number): Uint8Array<ArrayBuffer>[] {
  const count = Math.ceil(length / PIECE_BYTES);
  return Array.from({ length: count }, (_, nth) => {
    const at = nth * PIECE_BYTES;
    return new Uint8Array(buffer, at, Math.min(PIECE_BYTES, length - at));
  });
}

/**
 * Returns a reader of the whole body.
 *
 * @param begin what was read of it, in pieces
 * @param whenRead called when all of `begin` is read
 */
function continued(begin: Uint8Array<ArrayBuffer>[], rest: BodyReader, whenRead: () => void): BodyReader {
  return {
    async read(into) {
      const piece = begin.shift();
      if (!piece) return await rest.read(into);
      if (begin.length === 0) whenRead();
      return piece;
    },
    cancel: rest.cancel,
  };
}
