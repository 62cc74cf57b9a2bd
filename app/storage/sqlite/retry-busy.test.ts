import { expect, test } from 'vitest';
import { createBusyRetry } from './retry-busy.ts';

function setUp() {
  let waitedMs = 0;
  const inTurn = createBusyRetry({
    async pause(ms) {
      waitedMs += ms;
    },
  });
  return { inTurn, waitedMs: () => waitedMs };
}

const busy = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY_SNAPSHOT' });

test('work is repeated while another process holds the lock', async () => {
  const { inTurn, waitedMs } = setUp();
  let tries = 0;
  const work = async () => {
    if (++tries < 4) throw busy;
    return 'done';
  };
  expect(await inTurn(work)).toBe('done');
  expect(waitedMs()).toBe(5 + 10 + 20);
});

test('a lock that is held for about three seconds counts as stuck', async () => {
  const { inTurn, waitedMs } = setUp();
  await expect(inTurn(() => Promise.reject(busy))).rejects.toBe(busy);
  expect(Math.round(waitedMs() / 1000)).toBe(3);
});

test('any other error is thrown at once', async () => {
  const { inTurn, waitedMs } = setUp();
  await expect(inTurn(() => Promise.reject(new Error('no such table')))).rejects.toThrow('no such table');
  expect(waitedMs()).toBe(0);
});
