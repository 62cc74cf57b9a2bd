import { expect, onTestFinished, test, vi } from 'vitest';
import { delay } from '../../app/lib/delay.ts';
import { SETTLE_MS } from '../outages.ts';
import { stopUnderLoad } from './stop-under-load.ts';

test('a replica is asked to stop while visits are held, which no outage before excuses any more', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const beganAtMs = Date.now();
  const atMs: Record<string, number> = {};
  const note = (what: string) => {
    atMs[what] = Date.now() - beganAtMs;
  };
  const stopped = stopUnderLoad(
    async (heldMs) => {
      note('held');
      return { letGo: delay(heldMs).then(() => note('let go')) };
    },
    async () => note('asked to stop'),
  );
  await vi.runAllTimersAsync();
  await stopped;
  expect(Object.keys(atMs)).toEqual(['held', 'asked to stop', 'let go']);
  expect(atMs.held).toBeGreaterThanOrEqual(SETTLE_MS);
});
