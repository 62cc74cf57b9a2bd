import { createMonotonicClock } from '../../app/lib/monotonic-clock.ts';
import { untilAborted } from '../../app/lib/until-aborted.ts';

/**
 * Minimum rate: a client that sends fewer bytes than this in `PROGRESS_MS` is cut off, however regularly it sends. Only the time
 * counts in which the edge waits for the client, and not for the peer.
 */
const PROGRESS_BYTES = 64 * 1024;
const PROGRESS_MS = 60_000;

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
   * @throws {RequestBodyError} 408 when the client is too slow, 413 when the body is too large, 400 when the client ends its request
   * early or the body is malformed
   */
  read(into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined>;
  cancel(): Promise<void>;
}

export interface BodyLimits {
  /** The largest body. */
  maxBytes: number;
  /** Longest time between two pieces. */
  idleTimeoutMs: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

export function malformed(): RequestBodyError {
  return new RequestBodyError(400, 'The body of this request is malformed or incomplete.');
}

function tooLarge(): RequestBodyError {
  return new RequestBodyError(413, 'The body of this request is too large.');
}

/** Creates a reader that holds the client to these limits. */
export function createBodyReader(body: ReadableStream, limits: BodyLimits): BodyReader {
  const { maxBytes, idleTimeoutMs, monotonicMs = createMonotonicClock() } = limits;
  const reader = body.getReader({ mode: 'byob' });
  const slow = new AbortController();
  const cutOff = () => slow.abort(new RequestBodyError(408, 'The body of this request arrived too slowly.'));
  let progressLeftMs = PROGRESS_MS;
  let sinceProgress = 0;
  let length = 0;

  function noteProgress(bytes: number, waitedMs: number): void {
    sinceProgress += bytes;
    progressLeftMs -= waitedMs;
    if (sinceProgress < PROGRESS_BYTES) return;
    progressLeftMs = PROGRESS_MS;
    sinceProgress = 0;
  }

  return {
    async read(into) {
      const startMs = monotonicMs();
      const timeoutMs = Math.min(idleTimeoutMs, progressLeftMs);
      const timer = setTimeout(cutOff, timeoutMs);
      try {
        const { value, done } = await untilAborted(reader.read(into), slow.signal);
        if (done) return undefined;
        length += value.byteLength;
        if (length > maxBytes) throw tooLarge();
        // It was no longer than that, whatever the clock says: the runtime's is the wall clock.
        noteProgress(value.byteLength, Math.min(monotonicMs() - startMs, timeoutMs));
        return value;
      } catch (error) {
        if (error instanceof RequestBodyError) {
          await reader.cancel(error).catch(() => {});
          throw error;
        }
        // The runtime throws the same error for a connection that ends within the body and for a malformed body.
        throw malformed();
      } finally {
        clearTimeout(timer);
      }
    },
    async cancel() {
      await reader.cancel().catch(() => {});
    },
  };
}
