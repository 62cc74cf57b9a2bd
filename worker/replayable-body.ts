/** Bodies up to this size are held back, so that they can be sent again; larger ones are streamed. */
export const REPLAYABLE_BODY_BYTES = 64 * 1024;

/** A request's body on its way to the peers. */
export interface ReplayableBody {
  /** What to send; the same bytes each time when `isReplayable`, a stream that can be read once otherwise. */
  content: ArrayBuffer | ReadableStream | null;
  isReplayable: boolean;
}

/** Methods with which the runtime's `fetch` sends no body, which has no meaning there (RFC 9110 section 9.3.1). */
const WITHOUT_BODY = new Set(['GET', 'HEAD']);

/**
 * Reads a small body of known size into memory; leaves any other as it is, to be streamed as it comes.
 *
 * @throws when the client leaves before it has sent all of a small one
 */
export async function takeBody(request: Request): Promise<ReplayableBody> {
  if (request.body === null || WITHOUT_BODY.has(request.method)) return { content: null, isReplayable: true };
  const bytes = Number(request.headers.get('Content-Length') ?? Number.POSITIVE_INFINITY);
  if (bytes > REPLAYABLE_BODY_BYTES) return { content: request.body, isReplayable: false };
  return { content: await request.arrayBuffer(), isReplayable: true };
}
