import { expect, test } from 'vitest';
import { createBackgroundLoop } from './background-loop.ts';

test('work is repeated until the loop is stopped, which waits for the last turn', async () => {
  const events: string[] = [];
  const third = Promise.withResolvers<void>();
  const work = Promise.withResolvers<void>();
  let turns = 0;
  const loop = createBackgroundLoop(async (signal) => {
    turns++;
    if (turns < 3) return;
    signal.addEventListener('abort', () => events.push('asked to stop'));
    third.resolve();
    await work.promise;
    events.push('turn ended');
  });
  loop.start();
  await third.promise;
  const stopped = loop.stop().then(() => events.push('stopped'));
  work.resolve();
  await stopped;
  expect([turns, events]).toEqual([3, ['asked to stop', 'turn ended', 'stopped']]);
});

test('a loop that never began stops at once', async () => {
  await expect(createBackgroundLoop(() => Promise.reject(new Error('must not run'))).stop()).resolves.toBeUndefined();
});
