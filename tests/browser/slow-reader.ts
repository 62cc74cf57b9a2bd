import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A client that has asked for more than it reads: its replica is busy until it leaves. */
export interface SlowReader {
  leave(): void;
}

/** Nothing tells when they are full. */
const FILLING_MS = 1000;
const ENOUGH_TO_FILL_EVERY_BUFFER = 1000;

/** Asks a replica for the same file again and again on one connection, and reads nothing of it. */
export async function startSlowReader(url: string, path: string): Promise<SlowReader> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`.repeat(ENOUGH_TO_FILL_EVERY_BUFFER));
  // It answers until nothing more fits, and none of it is read.
  await once(socket, 'readable');
  await setTimeout(FILLING_MS);
  return { leave: () => socket.destroy() };
}
