import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A connection on which a test says what no HTTP client would. */
export interface RawConnection {
  socket: Socket;
  /** What has come so far, a character a byte. */
  received(): string;
  /** Resolves when the other side has closed it, with all that came. */
  closed: Promise<string>;
}

/** Opens a connection for the test that is running. */
export async function openRaw(url: string, options: { localAddress?: string } = {}): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ...options });
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (text) => {
    received += text;
  });
  // A side that refuses the rest of what it is sent resets the connection after its answer: an end like others.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => void socket.once('close', () => resolve(received)));
  await once(socket, 'connect');
  return { socket, received: () => received, closed };
}

/** The status lines among what came. */
export function statusLines(received: string): string[] {
  return received.match(/^HTTP\/1\.1 \d{3} .*$/gm)?.map((line) => line.trim()) ?? [];
}
