import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePortRange } from '../testkit/network/free-ports.ts';
import { createLogReceiver, type LogReceiver } from './log-receiver.ts';

const LINES = {
  nginx: { clientIp: '192.0.2.7', path: '/', status: 200, peer: '10.0.0.5:5000', headerSeconds: '0.001' },
  edge: { msg: 'request', clientIp: '192.0.2.7', path: '/', status: 200, durationMs: 1 },
};

let receiver: LogReceiver;
let isQuiet: boolean;
let send: (sender: keyof typeof LINES) => Promise<void>;

beforeEach(async () => {
  const onEntry = vi.fn();
  receiver = createLogReceiver(onEntry);
  const port = await freePortRange(1);
  await receiver.listen(port, '127.0.0.1');
  const socket = createSocket('udp4').unref();
  send = async (sender) => {
    const { length } = onEntry.mock.calls;
    socket.send(`<190>mooring: ${JSON.stringify(LINES[sender])}`, port, '127.0.0.1');
    while (onEntry.mock.calls.length === length) await new Promise(setImmediate);
  };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  isQuiet = false;
  void receiver.quiet(4000, 20_000).then(() => {
    isQuiet = true;
  });
});

afterEach(() => {
  vi.useRealTimers();
  receiver.close();
});

test.each([
  { sends: 'nothing', senders: [], quietAfterMs: 4000 },
  { sends: 'a line of Nginx after 3 s', senders: ['nginx'], quietAfterMs: 7000 },
  { sends: 'a line of the edge after 3 s', senders: ['edge'], quietAfterMs: 4000 },
  { sends: 'a line of Nginx every 3 s', senders: Array(10).fill('nginx'), quietAfterMs: 20_000 },
] as const)('$sends: quiet after $quietAfterMs ms', async ({ senders, quietAfterMs }) => {
  let quietAtMs: number | undefined;
  for (let second = 1; second <= 30; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    if (isQuiet) quietAtMs ??= second * 1000;
    const sender = second % 3 === 0 ? senders[second / 3 - 1] : undefined;
    if (sender) await send(sender);
  }
  expect(quietAtMs).toBe(quietAfterMs);
});
