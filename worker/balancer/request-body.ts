import { untilAborted } from '../../app/lib/until-aborted.ts';
import type { Admission } from './request-limits.ts';

/**
 * Bodies of known length up to this size are kept in memory, so that they can be sent again. Larger ones are streamed.
 */
const REPLAYABLE_BODY_BYTES = 64 * 1024;

/** Bytes read at once from a body that is streamed or has no known length. */
export const PIECE_BYTES = 16 * 1024;
const DROPPED_PIECE_BYTES = 4 * 1024;

/** A chunked body is held in memory: `bufferRequestBody` says why. */
const MAX_CHUNKED_BODY_BYTES = 1024 * 1024;

/** Minimum rate: a client that sends fewer bytes than this in `PROGRESS_MS` is cut off, however regularly it sends. */
const PROGRESS_BYTES = 64 * 1024;
const PROGRESS_MS = 60_000;

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

/** The body cannot be read. */
export class RequestBodyError extends Error {
  override name = 'RequestBodyError';
  readonly status: 400 | 408 | 413 | 429 | 503;

  constructor(status: RequestBodyError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

export interface BodyReader {
  /**
   * Reads into `into`, which must not be used afterwards: the returned array replaces it.
   *
   * @returns the bytes read, undefined at the end of the body
   * @throws {RequestBodyError} 408 when the client is too slow, 400 when it ends its request early or the body is
   * malformed
   */
  read(into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined>;
  cancel(): Promise<void>;
}

export interface BodyLimits {
  /** The largest body. */
  maxBytes: number;
  /** Longest time between two pieces. */
  idleTimeoutMs: number;
}

/**
 * Reads a small body, or one of unknown length, into memory. The latter is not streamed: when the worker aborts a stream of unknown
 * length, the runtime ends the request as if it were complete, and the peer would take a part for the whole. A large body of
 * known length is left to be streamed.
 *
 * @throws {RequestBodyError} when the body cannot be read or its memory is not available
 */
export async function bufferRequestBody(
  request: Request,
  admission: Admission,
  { maxBytes, idleTimeoutMs }: BodyLimits,
): Promise<RequestBody> {
  const { body, headers, method } = request;
  if (body === null) return NO_BODY;
  const announced = headers.get('Content-Length');
  const length = announced === null ? undefined : Number(announced);
  const reader = createBodyReader(body, idleTimeoutMs);
  if (WITHOUT_BODY.has(method)) {
    await drop(reader, maxBytes);
    return NO_BODY;
  }
  const take = takeFrom(admission);
  if (length !== undefined && length > REPLAYABLE_BODY_BYTES) {
    take(PIECE_BYTES);
    return { content: reader, isReplayable: false };
  }
  take(length ?? PIECE_BYTES);
  const content = await (length === undefined ? collectChunks(reader, take, maxBytes) : collect(reader, length));
  return { content, isReplayable: true };
}

/**
 * Returns the body for the edge's own handlers, which hold it in memory. A body that is streamed is whole: a peer that has read
 * from it may have executed the request, which is then not taken over.
 *
 * @throws {RequestBodyError} when it is streamed and cannot be read, or is larger than a body in chunks may be
 */
export async function wholeBody({ content }: RequestBody, admission: Admission): Promise<ArrayBuffer | null> {
  if (content === null || !('read' in content)) return content;
  return await collectChunks(content, takeFrom(admission));
}

/** Returns a function that reserves memory, and throws when there is none. */
function takeFrom(admission: Admission): (bytes: number) => void {
  return (bytes) => {
    const status = admission.takeBytes(bytes);
    if (status) throw new RequestBodyError(status, 'Too many request bodies are being sent at once.');
  };
}

/** Reads a body to its end and keeps nothing, only to see whether the request is complete. */
async function drop(reader: BodyReader, maxBytes: number): Promise<void> {
  let length = 0;
  for (;;) {
    const piece = await reader.read(new Uint8Array(DROPPED_PIECE_BYTES));
    if (!piece) return;
    length += piece.byteLength;
    if (length > maxBytes) throw tooLarge();
  }
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

async function collectChunks(
  reader: BodyReader,
  take: (bytes: number) => void,
  maxBytes = MAX_CHUNKED_BODY_BYTES,
): Promise<ArrayBuffer> {
  let buffer = new ArrayBuffer(PIECE_BYTES);
  let length = 0;
  for (;;) {
    const piece = await reader.read(new Uint8Array(PIECE_BYTES));
    if (!piece) return buffer.transfer(length);
    const needed = length + piece.byteLength;
    if (needed > maxBytes || needed > MAX_CHUNKED_BODY_BYTES) throw tooLarge();
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

function createBodyReader(body: ReadableStream, idleTimeoutMs: number): BodyReader {
  const reader = body.getReader({ mode: 'byob' });
  const slow = new AbortController();
  const cutOff = () => slow.abort(new RequestBodyError(408, 'The body of this request arrived too slowly.'));
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
        const { value, done } = await untilAborted(reader.read(into), slow.signal);
        if (done) clearTimeout(progressTimer);
        else noteProgress(value.byteLength);
        return done ? undefined : value;
      } catch (error) {
        clearTimeout(progressTimer);
        if (error instanceof RequestBodyError) {
          await reader.cancel(error).catch(() => {});
          throw error;
        }
        // The runtime throws the same error for a connection that ends within the body and for a malformed body.
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
