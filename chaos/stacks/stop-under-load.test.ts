import { expect, onTestFinished, test, vi } from 'vitest';
import { delay } from '../../app/lib/delay.ts';
import { SETTLE_MS } from '../outages.ts';
import { stopUnderLoad } from './stop-under-load.ts';

test('a replica is stopped while visits wait, later than any earlier outage could excuse', async () => {
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
