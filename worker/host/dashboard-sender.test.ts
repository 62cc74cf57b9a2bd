import { createSocket, Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createDashboardSender } from './dashboard-sender.ts';

const line = (msg: string) => JSON.stringify({ level: 'info', path: '/"msg":"request"}', msg });

/** A service, its name, and what it has received. */
async function setUp() {
  const service: Socket = createSocket('udp4').bind(0, '127.0.0.1');
  onTestFinished(() => {
    service.close();
  });
  await once(service, 'listening');
  const received: string[] = [];
  service.on('message', (datagram) => received.push(datagram.toString()));
  const world = { found: ['127.0.0.1'] as string[] | Error, timeMs: 0 };
  const lookupAll = vi.fn(async (_name: string) => {
    if (world.found instanceof Error) throw world.found;
    return world.found;
  });
  const { port } = service.address() as AddressInfo;
  const send = createDashboardSender({ host: 'dashboard', port, lookupAll, monotonicMs: () => world.timeMs });
  return { world, lookupAll, received, send };
}

/** Sends the line until it arrives: the first ones only make the sender look up the name. */
async function untilReceived({ send, received, world }: Awaited<ReturnType<typeof setUp>>, text: string) {
  await vi.waitFor(() => {
    world.timeMs += 1000;
    send(text);
    expect(received).toContain(`<190>mooring: ${text}`);
  });
}

test('sends the lines that the dashboard counts, and no others', async () => {
  const setup = await setUp();
  await untilReceived(setup, line('request'));
  for (const msg of ['peers changed', 'request x']) setup.send(line(msg));
  setup.send('workerd: some text');
  await untilReceived(setup, line('upstream failed'));
  expect(new Set(setup.received)).toEqual(
    new Set([`<190>mooring: ${line('request')}`, `<190>mooring: ${line('upstream failed')}`]),
  );
});

test('looks up the name once a second at most, and only while there are lines', async () => {
  const { lookupAll, send, world } = await setUp();
  expect(lookupAll).not.toHaveBeenCalled();
  for (let index = 0; index < 10; index++) send(line('request'));
  expect(lookupAll).toHaveBeenCalledExactlyOnceWith('dashboard');
  world.timeMs = 1000;
  send(line('request'));
  expect(lookupAll).toHaveBeenCalledTimes(2);
});

test.each([
  ['nobody has the name', new Error('ENOTFOUND')],
  ['the address is a public one, which a name server made up', ['203.0.113.7']],
])('sends nothing while %s, and finds the service later', async (_what, found) => {
  const setup = await setUp();
  const sendDatagram = vi.spyOn(Socket.prototype, 'send');
  setup.world.found = found;
  setup.send(line('request'));
  await setup.lookupAll.mock.results[0]?.value.catch(() => {});
  await setImmediate();
  setup.send(line('request'));
  expect(sendDatagram).not.toHaveBeenCalled();
  setup.world.found = ['127.0.0.1'];
  await untilReceived(setup, line('request'));
});
