import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Where a run of free ports is looked for: below the range the system hands out for outgoing connections. */
const FIRST_PORT = 20_000;
const LAST_PORT = 30_000;

/**
 * Finds ports of loopback that follow each other and that nobody listens on, for a process that is told its ports and
 * cannot pick them itself.
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
