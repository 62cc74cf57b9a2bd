import { once } from 'node:events';
import { connect } from 'node:net';

/** A client that has asked for more than it reads: its replica is busy until it leaves. */
export interface SlowReader {
  leave(): void;
}

const ENOUGH_TO_FILL_EVERY_BUFFER = 1000;

/** Asks a replica for the same file again and again on one connection, and reads nothing of it. */
export async function startSlowReader(url: string, path: string): Promise<SlowReader> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`.repeat(ENOUGH_TO_FILL_EVERY_BUFFER));
  // It is answering, and what it says is left where it is.
  await once(socket, 'readable');
  return { leave: () => socket.destroy() };
}
