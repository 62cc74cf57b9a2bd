import { expect, test } from 'vitest';
import { createLogQuota } from './log-quota.ts';

function setUp() {
  const clock = { ms: 0 };
  const quota = createLogQuota({ linesPerSecond: 2, burst: 3, tableSize: 2, monotonicMs: () => clock.ms });
  const takes = (client: string, times: number) => Array.from({ length: times }, () => quota.take(client));
  return { clock, takes };
}

test('a client gets its burst, then its rate, and the next line has the number of suppressed lines', () => {
  const { clock, takes } = setUp();
  expect(takes('a', 5)).toEqual([0, 0, 0, undefined, undefined]);
  clock.ms = 500;
  expect(takes('a', 2)).toEqual([2, undefined]);
  clock.ms = 60_000;
  expect(takes('a', 4)).toEqual([1, 0, 0, undefined]);
});

test('quotas of clients are independent', () => {
  const { takes } = setUp();
  takes('a', 10);
  expect(takes('b', 1)).toEqual([0]);
});

test('the number of clients is bounded', () => {
  const { takes } = setUp();
  takes('a', 3);
  takes('b', 3);
  takes('c', 1);
  expect(takes('b', 1)).toEqual([undefined]);
  expect(takes('a', 1)).toEqual([0]);
});
