import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { withPeakMemory } from './peak-memory.ts';

/** Has 200 MB from when it says `large` until it is told to go on and says `small`. */
const GROWS_AND_SHRINKS = `
let large = Buffer.alloc(200e6, 1);
console.log('large');
process.stdin.once('data', () => {
  large = undefined;
  globalThis.gc();
  console.log('small');
});
`;

test('memory that is given back before the work ends is told all the same', async () => {
  const child = spawn(process.execPath, ['--expose-gc', '-e', GROWS_AND_SHRINKS], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const lines = createInterface(child.stdout as Readable);
  await once(lines, 'line');
  let samples = 0;
  const sampled = Promise.withResolvers<void>();
  const pids = () => {
    // The first one is complete when the second begins.
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
  // Only Linux tells it.
  if (process.platform === 'linux') expect(residentMb).toBeGreaterThan(200);
});

test('of processes that are gone nothing is told', async () => {
  expect(
    await withPeakMemory(
      () => [],
      async () => ({ answer: 42 }),
    ),
  ).toEqual({ answer: 42, residentMb: undefined });
});

test('what breaks the work is thrown', async () => {
  const broken = withPeakMemory(
    () => [],
    async () => {
      throw new Error('broke');
    },
  );
  await expect(broken).rejects.toThrow('broke');
});
