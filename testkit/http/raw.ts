import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP connection on which a test sends what no HTTP client would. */
export interface RawConnection {
  socket: Socket;
  /** Returns what has arrived so far, one character for each byte. */
  received(): string;
  /** Resolves with everything that arrived, when the other side has closed the connection. */
  closed: Promise<string>;
}

/** Opens a connection for the current test. */
export async function openRaw(url: string, options: { localAddress?: string } = {}): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ...options });
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (text) => {
    received += text;
  });
  // A server that rejects the rest of a request resets the connection after its response. That is a normal end here.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => void socket.once('close', () => resolve(received)));
  await once(socket, 'connect');
  return { socket, received: () => received, closed };
}

/** Returns the status lines in what arrived. */
export function statusLines(received: string): string[] {
  return received.match(/^HTTP\/1\.1 \d{3} .*$/gm)?.map((line) => line.trim()) ?? [];
}
