import { expect, test } from 'vitest';
import { cpuSeconds } from './cpu-time.ts';

test.runIf(process.platform === 'linux')('the processor time of this process is what Node reports', async () => {
  const before = process.cpuUsage();
  const seconds = await cpuSeconds(process.pid);
  const after = process.cpuUsage();
  const tick = 0.02;
  expect(seconds).toBeGreaterThanOrEqual((before.user + before.system) / 1e6 - tick);
  expect(seconds).toBeLessThanOrEqual((after.user + after.system) / 1e6 + tick);
});

test('there is none for a process that does not exist', async () => {
  expect(await cpuSeconds(2 ** 30)).toBeUndefined();
});
