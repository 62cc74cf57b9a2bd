import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { withPeakMemory } from './peak-memory.ts';

/** Holds 200 MB from its message `large` until it is asked to continue and sends `small`. */
const GROWS_AND_SHRINKS = `
let large = Buffer.alloc(200e6, 1);
console.log('large');
process.stdin.once('data', () => {
  large = undefined;
  globalThis.gc();
  console.log('small');
});
`;

test('memory that is freed before the work ends is still reported', async () => {
  const child = spawn(process.execPath, ['--expose-gc', '-e', GROWS_AND_SHRINKS], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const lines = createInterface(child.stdout as Readable);
  await once(lines, 'line');
  let samples = 0;
  const sampled = Promise.withResolvers<void>();
  const pids = () => {
    // The first sample is complete when the second begins.
    if (++samples === 2) sampled.resolve();
    return [child.pid as number];
  };
  const { answer, residentMb } = await withPeakMemory(pids, async () => {
    await sampled.promise;
    child.stdin?.write('go on\n');
    await once(lines, 'line');
    return { answer: 42 };
  });
  expect(answer).toBe(42);
  // Only Linux reports it.
  if (process.platform === 'linux') expect(residentMb).toBeGreaterThan(200);
});

test('nothing is reported for processes that have exited', async () => {
  expect(
    await withPeakMemory(
      () => [],
      async () => ({ answer: 42 }),
    ),
  ).toEqual({ answer: 42, residentMb: undefined });
});

test('an error of the work is thrown', async () => {
  const broken = withPeakMemory(
    () => [],
    async () => {
      throw new Error('broke');
    },
  );
  await expect(broken).rejects.toThrow('broke');
});
