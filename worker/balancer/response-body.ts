import { type RelayTimeouts, relayBody } from './relay-body.ts';

/** A response body as it is sent to the client. */
export interface StreamedBody {
  content: ReadableStream | Uint8Array | null;
  /**
   * Resolves when the last byte is sent, rejects when the body breaks off. Undefined when nothing remains to be sent.
   */
  done: Promise<void> | undefined;
}

/** A body of at most this length that arrives with the first read is sent without a stream. */
const AT_ONCE_BYTES = 16 * 1024;

/**
 * Streams a body to the client unchanged.
 *
 * @param contentLength the peer's `Content-Length`, null without one
 */
export async function streamResponseBody(
  body: ReadableStream | null,
  contentLength: string | null,
  timeouts: RelayTimeouts,
): Promise<StreamedBody> {
  if (body === null) return { content: null, done: undefined };
  const length = Number(contentLength);
  let first: Uint8Array | undefined;
  // A pipe costs the runtime half as much as everything else it does for a request. A peer that still receives the request may
  // take any time to send a body, which only the relay can wait for.
  if (length > 0 && length <= AT_ONCE_BYTES && !timeouts.requestSent) {
    const reader = body.getReader({ mode: 'byob' });
    first = await readOnce(reader, length);
    if (first?.byteLength === length) return { content: first, done: undefined };
    // Only for the pipe: the runtime makes an error with a stack whenever a lock is released.
    reader.releaseLock();
  }
  const { readable, writable } = createBodyStream(contentLength);
  return { content: readable, done: relayBody(first, body, writable, timeouts) };
}

/** Creates a stream that the runtime sends with this `Content-Length`, or chunked when it is null. */
function createBodyStream(contentLength: string | null): IdentityTransformStream {
  return contentLength === null ? new IdentityTransformStream() : new FixedLengthStream(Number(contentLength));
}

/** @returns undefined when the body breaks off; the next read fails, too */
async function readOnce(reader: ReadableStreamBYOBReader, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const { value } = await reader.read(new Uint8Array(maxBytes));
    return value;
  } catch {
    return undefined;
  }
}
