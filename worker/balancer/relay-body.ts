import { DeadlineError } from '../../app/lib/deadline.ts';
import { createStallTimer } from './stall-timer.ts';

/** Longest times between two parts of a response. */
export interface RelayTimeouts {
  /** For the peer to send the next part, as `proxy_read_timeout`. */
  readTimeoutMs: number;
  /** For the client to receive the next part, as `send_timeout`. */
  sendTimeoutMs: number;
}

/** Bytes read at once. More would cost less, but a slow client holds them in memory. */
const PIECE_BYTES = 64 * 1024;
const FIRST_PIECE_BYTES = 16 * 1024;

/**
 * Relays a body from a peer to a client. A pipe of the runtime would cost half as much, but does not show which side is slow.
 *
 * @throws when either side ends the body early or takes too long; the other side then sees it break off
 */
export async function relayBody(
  from: ReadableStream,
  to: WritableStream,
  { readTimeoutMs, sendTimeoutMs }: RelayTimeouts,
): Promise<void> {
  const reader = from.getReader({ mode: 'byob' });
  const writer = to.getWriter();
  const end = (error: unknown) => Promise.allSettled([reader.cancel(error), writer.abort(error)]);
  const timer = createStallTimer(() => void end(new DeadlineError('no part of the response in time')));
  try {
    let buffer = new ArrayBuffer(FIRST_PIECE_BYTES);
    for (;;) {
      timer.expect(readTimeoutMs);
      const { value, done } = await reader.read(new Uint8Array(buffer));
      if (done) break;
      timer.expect(sendTimeoutMs);
      await writer.write(value);
      const isFull = value.byteLength === value.buffer.byteLength;
      buffer = isFull && value.byteLength < PIECE_BYTES ? new ArrayBuffer(PIECE_BYTES) : value.buffer;
    }
    await writer.close();
  } catch (error) {
    await end(error);
    throw error;
  } finally {
    timer.stop();
  }
}
