import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Range of the search. It is below the range that the system uses for outgoing connections. */
const FIRST_PORT = 20_000;
const LAST_PORT = 30_000;

/**
 * Finds consecutive free ports on loopback, for a process that must be given its ports.
 *
 * @returns the first of them
 */
export async function freePortRange(count: number): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const first = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT - count));
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${count} free ports in a row between ${FIRST_PORT} and ${LAST_PORT}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  const { port: bound } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return bound === port;
}
