/** What of an answer is sent on, and what tells that the peer is done with it. */
export interface StreamedBody {
  content: ReadableStream | Uint8Array | null;
  /** Resolves when the last byte is through, and rejects when it breaks off; undefined when it is through already. */
  done: Promise<void> | undefined;
}

/** A body that is announced as no larger, and is there with its first read, is sent on at once. */
const AT_ONCE_BYTES = 16 * 1024;

/**
 * Lets a body flow through untouched and tells when it has.
 *
 * @param contentLength the `Content-Length` it was announced with, null when it was not
 */
export async function streamResponseBody(
  body: ReadableStream | null,
  contentLength: string | null,
): Promise<StreamedBody> {
  if (body === null) return { content: null, done: undefined };
  const length = Number(contentLength);
  // A pipe costs the runtime as much as half of all else it does for a request.
  const first = length > 0 && length <= AT_ONCE_BYTES ? await readOnce(body, length) : undefined;
  if (first?.byteLength === length) return { content: first, done: undefined };

  const { readable, writable } = createBodyStream(contentLength);
  return { content: readable, done: pipe(first, body, writable) };
}

/** The runtime announces what it reads from such a stream with the same `Content-Length`, or chunked without one. */
export function createBodyStream(contentLength: string | null): IdentityTransformStream {
  return contentLength === null ? new IdentityTransformStream() : new FixedLengthStream(Number(contentLength));
}

/** @returns undefined when it breaks off, as it does again for whoever reads on */
async function readOnce(body: ReadableStream, maxBytes: number): Promise<Uint8Array | undefined> {
  const reader = body.getReader({ mode: 'byob' });
  try {
    const { value } = await reader.read(new Uint8Array(maxBytes));
    return value;
  } catch {
    return undefined;
  } finally {
    reader.releaseLock();
  }
}

async function pipe(first: Uint8Array | undefined, rest: ReadableStream, to: WritableStream): Promise<void> {
  if (first?.byteLength) {
    const writer = to.getWriter();
    try {
      await writer.write(first);
    } catch (error) {
      await rest.cancel(error);
      throw error;
    }
    writer.releaseLock();
  }
  await rest.pipeTo(to);
}
