import { createSocket } from 'node:dgram';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freePortRange } from '../testkit/network/free-ports.ts';
import { createLogReceiver } from './log-receiver.ts';

const LINES = {
  nginx: { clientIp: '192.0.2.7', path: '/', status: 200, peer: '10.0.0.5:5000', headerSeconds: '0.001' },
  edge: { msg: 'request', clientIp: '192.0.2.7', path: '/', status: 200, durationMs: 1 },
};

test.each([
  { sends: 'nothing', senders: [], quietAfterMs: 4000 },
  { sends: 'a line of Nginx after 3 s', senders: ['nginx'], quietAfterMs: 7000 },
  { sends: 'a line of the edge after 3 s', senders: ['edge'], quietAfterMs: 4000 },
  { sends: 'a line of Nginx every 3 s', senders: Array(10).fill('nginx'), quietAfterMs: 20_000 },
] as const)('$sends: quiet after $quietAfterMs ms', async ({ senders, quietAfterMs }) => {
  const clock = { ms: 0 };
  const onEntry = vi.fn();
  const receiver = createLogReceiver(onEntry, { monotonicMs: () => clock.ms, pause });
  onTestFinished(receiver.close);
  const port = await freePortRange(1);
  await receiver.listen(port, '127.0.0.1');
  const socket = createSocket('udp4').unref();

  await receiver.quiet(4000, 20_000);
  expect(clock.ms).toBe(quietAfterMs);

  async function pause(ms: number): Promise<void> {
    for (const untilMs = clock.ms + ms; clock.ms < untilMs; ) {
      clock.ms += 1000;
      const sender = clock.ms % 3000 === 0 ? senders[clock.ms / 3000 - 1] : undefined;
      if (sender) await received(sender);
    }
  }

  async function received(sender: keyof typeof LINES): Promise<void> {
    const { length } = onEntry.mock.calls;
    socket.send(`<190>mooring: ${JSON.stringify(LINES[sender])}`, port, '127.0.0.1');
    await expect.poll(() => onEntry.mock.calls.length).toBe(length + 1);
  }
});
