import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { delay } from '../../app/lib/delay.ts';
import { createFaultProxy } from './fault-proxy.ts';

/** Starts an echo server behind a proxy, and opens the first connection through it. */
async function start() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const gate = await createFaultProxy((server.address() as AddressInfo).port);
  const client = connect(gate.port, '127.0.0.1');
  const [served] = await accepted;
  served.on('data', (data) => served.write(data)).on('error', () => {});
  onTestFinished(async () => {
    client.destroy();
    served.destroy();
    server.close();
    await gate.shut();
  });
  return { gate, client, served };
}

/** Not `once`, which rejects if an error comes first. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.on('close', () => resolve()));
}

test('a gate that vanishes forwards neither bytes nor the end of a connection, and forwards both when it reappears', async () => {
  const { gate, client, served } = await start();
  client.write('before');
  expect(`${(await once(client, 'data'))[0]}`).toBe('before');

  gate.vanish();
  const heard: string[] = [];
  served.on('data', (data) => heard.push(`${data}`));
  served.on('close', () => heard.push('closed'));
  client.write('lost');
  client.destroy();
  const late = connect(gate.port, '127.0.0.1').on('error', () => {});
  await once(late, 'connect');
  // Data that could still be forwarded has arrived by now, because the proxy has handled what came later.
  late.write('late');
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([]);

  gate.reappear();
  await Promise.all([closed(served), closed(late)]);
  expect(heard.at(-1)).toBe('closed');
  expect(heard).not.toContain('late');
});

test('what is delayed arrives in order, and no chunk waits for the one before', async () => {
  const { gate, client, served } = await start();
  const heard: string[] = [];
  client.on('data', (data) => heard.push(`${data}`));
  gate.delay(1000);
  for (const word of ['a', 'b', 'c', 'd', 'e']) {
    served.write(word);
    // So that each is a chunk of its own.
    await delay(5);
  }
  // Chunks that wait for each other take at least twice the delay.
  await delay(1500);
  expect(heard.join('')).toBe('abcde');
});
