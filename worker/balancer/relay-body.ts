import { DeadlineError } from '../../app/lib/deadline.ts';
import { createStallTimer } from './stall-timer.ts';

/** Longest times between two parts of a response. */
export interface RelayTimeouts {
  /** For the peer to send the next part, as `proxy_read_timeout`. */
  readTimeoutMs: number;
  /** For the client to receive the next part, as `send_timeout`. */
  sendTimeoutMs: number;
  /**
   * Settles when the peer has the whole request, never will, or takes too long to read on: until then it may wait for the rest. Undefined
   * when it has.
   */
  requestSent?: Promise<unknown> | undefined;
}

/** Bytes read at once. More would cost less, but a slow client holds them in memory. */
const PIECE_BYTES = 64 * 1024;
const FIRST_PIECE_BYTES = 16 * 1024;

/** Bytes that a client must receive within the send timeout, so that a slow one is no stalled one. */
const SENT_PIECE_BYTES = 16 * 1024;

/**
 * Relays a body from a peer to a client. A pipe of the runtime would cost half as much, but does not show which side is slow.
 *
 * @param first what was read of the body before
 * @throws when either side ends the body early or takes too long; the other side then sees it break off
 */
export async function relayBody(
  first: Uint8Array | undefined,
  from: ReadableStream,
  to: WritableStream,
  { readTimeoutMs, sendTimeoutMs, requestSent }: RelayTimeouts,
): Promise<void> {
  const reader = from.getReader({ mode: 'byob' });
  const writer = to.getWriter();
  const end = (error: unknown) => Promise.allSettled([reader.cancel(error), writer.abort(error)]);
  const timer = createStallTimer(() => void end(new DeadlineError('no part of the response in time')));
  let isReading = false;
  let mayWait = requestSent !== undefined;
  void requestSent?.then(() => {
    mayWait = false;
    if (isReading) timer.expect(readTimeoutMs);
  });

  async function send(piece: Uint8Array): Promise<void> {
    for (let sent = 0; sent < piece.byteLength; sent += SENT_PIECE_BYTES) {
      timer.expect(sendTimeoutMs);
      await writer.write(piece.subarray(sent, sent + SENT_PIECE_BYTES));
    }
  }

  try {
    if (first) await send(first);
    let buffer = new ArrayBuffer(FIRST_PIECE_BYTES);
    for (;;) {
      timer.expect(mayWait ? Number.POSITIVE_INFINITY : readTimeoutMs);
      isReading = true;
      const { value, done } = await reader.read(new Uint8Array(buffer));
      isReading = false;
      if (done) break;
      await send(value);
      const isFull = value.byteLength === value.buffer.byteLength;
      buffer = isFull && value.byteLength < PIECE_BYTES ? new ArrayBuffer(PIECE_BYTES) : value.buffer;
    }
    timer.expect(sendTimeoutMs);
    await writer.close();
  } catch (error) {
    await end(error);
    throw error;
  } finally {
    isReading = false;
    timer.stop();
  }
}
