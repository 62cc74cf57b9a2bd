import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createHyperdriveConnections } from './hyperdrive.ts';

vi.mock('cloudflare:workers', () => ({ waitUntil: () => {} }));

/** A server that takes connections and never says a word. */
async function startSilentServer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { sockets, port: (server.address() as AddressInfo).port };
}

test('who waits for a connection until the deadline opens none afterwards', async () => {
  const { sockets, port } = await startSilentServer();
  const binding = { host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd' } as Hyperdrive;
  const { getConnection } = createHyperdriveConnections(binding);
  const lent = Promise.allSettled(Array.from({ length: 16 }, () => getConnection()));
  await vi.waitFor(() => expect(sockets).toHaveLength(16));

  const deadline = new AbortController();
  const waiting = getConnection(deadline.signal);
  const reason = new Error('nobody waits any more');
  deadline.abort(reason);
  await expect(waiting).rejects.toBe(reason);

  for (const socket of sockets) socket.destroy();
  expect((await lent).map(({ status }) => status)).toEqual(Array(16).fill('rejected'));
  expect(sockets).toHaveLength(16);
});
