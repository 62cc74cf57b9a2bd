import { once } from 'node:events';
import { connect } from 'node:net';
import { delay } from '../../app/lib/delay.ts';
import { messageEnd } from './message-end.ts';

/** Between two pieces, so that each arrives in a segment of its own. */
const BETWEEN_PIECES_MS = 5;
const TIMEOUT_MS = 10_000;

/**
 * Sends exactly these bytes on a connection of their own and returns exactly what arrives: up to the end of the final
 * response, or of the connection.
 *
 * @param sends one character for each byte; an array is sent piece by piece
 * @throws when neither has arrived in time
 */
export async function exchange(url: string, sends: string | readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const pieces = typeof sends === 'string' ? [sends] : sends;
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const isAnswerToHead = pieces.join('').startsWith('HEAD ');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let received = '';
  const look = (isClosed: boolean) => {
    const end = finalEnd(received, { isClosed, isAnswerToHead });
    if (end !== undefined || isClosed) resolve(received.slice(0, end));
  };
  socket.setEncoding('latin1').on('data', (bytes) => {
    received += bytes;
    look(false);
  });
  // A server that rejects the rest of a request resets the connection after its response. That is a normal end here.
  socket.on('error', () => {}).on('close', () => look(true));
  const timer = setTimeout(() => reject(new Error(`no complete response: ${JSON.stringify(received)}`)), TIMEOUT_MS);
  try {
    await once(socket, 'connect');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await delay(BETWEEN_PIECES_MS);
      socket.write(piece, 'latin1');
    }
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** Returns the end of the first response that is not interim (RFC 9110 section 15.2). */
function finalEnd(bytes: string, context: { isClosed: boolean; isAnswerToHead: boolean }): number | undefined {
  let at = 0;
  for (;;) {
    const end = messageEnd(bytes.slice(at), context);
    if (end === undefined) return undefined;
    if (!/^HTTP\/1\.1 1(?!01)/.test(bytes.slice(at))) return at + end;
    at += end;
  }
}
