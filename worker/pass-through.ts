/**
 * Lets a body flow through untouched and tells when it has.
 *
 * @param contentLength the `Content-Length` it was announced with, null when it was not
 */
export function passThrough(body: ReadableStream, contentLength: string | null) {
  const { readable, writable } =
    contentLength === null ? new IdentityTransformStream() : new FixedLengthStream(Number(contentLength));
  return { readable, done: body.pipeTo(writable) };
}
