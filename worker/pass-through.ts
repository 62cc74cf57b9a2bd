/**
 * Lets a body flow through untouched and tells when it has.
 *
 * @param contentLength the `Content-Length` it was announced with, null when it was not
 */
export function passThrough(body: ReadableStream, contentLength: string | null) {
  const { readable, writable } = createBodyStream(contentLength);
  return { readable, done: body.pipeTo(writable) };
}

/** The runtime announces what it reads from such a stream with the same `Content-Length`, or chunked without one. */
export function createBodyStream(contentLength: string | null): IdentityTransformStream {
  return contentLength === null ? new IdentityTransformStream() : new FixedLengthStream(Number(contentLength));
}
