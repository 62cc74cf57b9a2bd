import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { restartEngine, whyNoRestart } from '../../testkit/docker/engine.ts';
import { expectSoundLedger } from '../../testkit/docker/ledger.ts';
import { createStack, type Stack } from '../../testkit/docker/stack.ts';
import { startTraffic, type Traffic } from '../../testkit/docker/traffic.ts';

const obstacle = await whyNoRestart();
// With CI set tests must not be skipped, so this fails. Elsewhere someone may be using the engine.
if (obstacle && process.env.CI) throw new Error(`the Docker engine cannot be restarted: ${obstacle}`);

let stack: Stack;
let traffic: Traffic;

beforeAll(async () => {
  if (obstacle) return;
  stack = await createStack({ ORIGIN_REPLICAS: '2' });
  await stack.compose('up', '--detach', '--wait', '--build');
  traffic = await startTraffic(stack.url, 4);
});

afterAll(async () => {
  await traffic?.stop();
  await stack?.remove();
});

test.skipIf(obstacle)(
  'after a restart of the Docker engine the stack comes back by itself, and no visit is lost or double',
  { timeout: 300_000 },
  async () => {
    const ids = async () => (await stack.replicas()).map(({ id }) => id).sort();
    const before = await ids();
    const saw = await traffic.during(restartEngine);
    await vi.waitFor(async () => expect((await traffic.during(async () => {})).failed).toEqual([]), {
      timeout: 120_000,
      interval: 500,
    });
    console.log(`engine restart: ${saw.requests} requests, ${saw.failed.length} failed, ${saw.moved.length} moved`);
    expect(await ids()).toEqual(before);
    await expectSoundLedger(stack);
    const { code, stderr } = await stack.run('docker', 'compose', 'up', '--detach', '--wait');
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(await ids()).toEqual(before);
  },
);
