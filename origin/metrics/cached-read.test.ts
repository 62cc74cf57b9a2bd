import { expect, test } from 'vitest';
import { cachedRead } from './cached-read.ts';

function setUp({ waitMs = 10_000 } = {}) {
  let nowMs = 0;
  const readings: PromiseWithResolvers<string>[] = [];
  const latest = cachedRead({
    read() {
      const next = Promise.withResolvers<string>();
      readings.push(next);
      return next.promise;
    },
    maxAgeMs: 1000,
    waitMs,
    monotonicMs: () => nowMs,
  });
  return {
    latest,
    readings,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

test('reads once for all callers within maxAgeMs, and then again', async () => {
  const { latest, readings, pass } = setUp();
  const both = Promise.all([latest(), latest()]);
  readings[0]?.resolve('a');
  expect(await both).toEqual(['a', 'a']);
  pass(999);
  expect(await latest()).toBe('a');
  pass(1);
  const next = latest();
  readings[1]?.resolve('b');
  expect(await next).toBe('b');
  expect(readings).toHaveLength(2);
});

test('a failed read gives undefined, and is not repeated sooner', async () => {
  const { latest, readings, pass } = setUp();
  const failing = latest();
  readings[0]?.reject(new Error('no database'));
  expect(await failing).toBeUndefined();
  pass(999);
  expect(await latest()).toBeUndefined();
  expect(readings).toHaveLength(1);
});

test('a slow read does not block callers, and no second one begins meanwhile', async () => {
  const { latest, readings, pass } = setUp({ waitMs: 1 });
  expect(await latest()).toBeUndefined();
  pass(60_000);
  expect(await latest()).toBeUndefined();
  expect(readings).toHaveLength(1);
  readings[0]?.resolve('late');
  expect(await latest()).toBe('late');
});
