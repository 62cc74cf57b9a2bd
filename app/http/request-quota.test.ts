import { expect, test } from 'vitest';
import { createRequestQuota } from './request-quota.ts';

function setUp() {
  const clock = { ms: 0 };
  const quota = createRequestQuota({ linesPerSecond: 0.02, monotonicMs: () => clock.ms });
  return { clock, quota };
}

test('an outage that hits many clients is logged once a second, with the number of lines left out', () => {
  const { clock, quota } = setUp();
  const logged: number[] = [];
  for (let request = 0; request < 6000; request += 1) {
    clock.ms = request * 10;
    const leftOut = quota.take(503, `203.0.113.${request % 250}`, '/');
    if (leftOut !== undefined) logged.push(leftOut);
  }
  expect(logged.length).toBeGreaterThanOrEqual(60);
  expect(logged.length).toBeLessThanOrEqual(65);
  expect(logged.at(-1)).toBe(99);
  expect(logged.reduce((sum, leftOut) => sum + leftOut + 1, 0)).toBeGreaterThan(5900);
});

test('failures that are rare are all logged, whichever client has used up its quota', () => {
  const { clock, quota } = setUp();
  expect([quota.take(200, 'a', '/'), quota.take(200, 'a', '/')]).toEqual([0, undefined]);
  const taken = [500, 502, 503, 500, 500].map((status) => quota.take(status, 'a', '/'));
  clock.ms = 60_000;
  expect([...taken, quota.take(500, 'a', '/')]).toEqual([0, 0, 0, 0, 0, 0]);
});

test('failures do not hide those with another status or source', () => {
  const { quota } = setUp();
  for (let request = 0; request < 100; request += 1) quota.take(503, 'a', '/');
  expect([quota.take(500, 'a', '/'), quota.take(503, 'a', '/showcount')]).toEqual([0, 0]);
});
