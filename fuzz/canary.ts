import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePortRange } from '../testkit/network/free-ports.ts';

/** An address that hostile input contains and that no program may connect to. */
export interface Canary {
  /** `host:port`. */
  address: string;
  connections(): number;
  close(): void;
}

/** Listens on a free port and closes each connection at once. */
export async function startCanary(): Promise<Canary> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => {}).destroy();
  });
  const port = await freePortRange(1);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { address: `127.0.0.1:${port}`, connections: () => connections, close: () => server.close() };
}
