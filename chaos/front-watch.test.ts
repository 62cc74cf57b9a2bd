import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { watchFront } from './front-watch.ts';

test('reports a front once it accepts no connections, and not before', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const onGone = vi.fn();
  watchFront(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, onGone, 1);
  await vi.waitFor(() => expect(connections).toBeGreaterThan(2));
  expect(onGone).not.toHaveBeenCalled();
  server.close();
  await vi.waitFor(() => expect(onGone).toHaveBeenCalledOnce());
});
