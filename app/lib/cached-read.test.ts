import { expect, test } from 'vitest';
import { type CachedReadOptions, cachedRead } from './cached-read.ts';

function setUp(options: Partial<CachedReadOptions<string>> = {}) {
  let nowMs = 0;
  const reads: PromiseWithResolvers<string>[] = [];
  const get = cachedRead({
    read() {
      const next = Promise.withResolvers<string>();
      reads.push(next);
      return next.promise;
    },
    maxAgeMs: () => 1000,
    monotonicMs: () => nowMs,
    ...options,
  });
  return {
    get,
    reads,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

test('reads once for all callers until the value is too old, and then again', async () => {
  const { get, reads, pass } = setUp();
  const both = Promise.all([get(), get()]);
  reads[0]?.resolve('a');
  expect(await both).toEqual(['a', 'a']);
  pass(999);
  expect(await get()).toBe('a');
  pass(1);
  const next = [get(), get()];
  reads[1]?.resolve('b');
  expect(await Promise.all(next)).toEqual(['b', 'b']);
  expect(reads).toHaveLength(2);
});

test('how long a value is reused may depend on it', async () => {
  const { get, reads, pass } = setUp({ maxAgeMs: (value) => (value === 'failed' ? 2000 : 500) });
  const first = get();
  reads[0]?.resolve('failed');
  await first;
  pass(1999);
  expect(await get()).toBe('failed');
  pass(1);
  const second = get();
  reads[1]?.resolve('a');
  expect(await second).toBe('a');
});

test('callers during a read get the previous value where that is good enough', async () => {
  const { get, reads, pass } = setUp({ usePrevious: true });
  const first = get();
  reads[0]?.resolve('a');
  await first;
  pass(60_000);
  const second = get();
  expect(await get()).toBe('a');
  reads[1]?.resolve('b');
  expect(await second).toBe('b');
});

test('a lost read does not block other callers', async () => {
  const { get, reads, pass } = setUp({ lostAfterMs: 2000 });
  void get();
  pass(1999);
  const waiting = get();
  expect(reads).toHaveLength(1);
  pass(1);
  await expect.poll(() => reads.length).toBe(2);
  reads[1]?.resolve('b');
  expect(await waiting).toBe('b');
});

test('a failure that is thrown reaches its own caller, and the next one reads again', async () => {
  const { get, reads } = setUp();
  const failing = get();
  const next = get();
  reads[0]?.reject(new Error('broke'));
  await expect(failing).rejects.toThrow('broke');
  await expect.poll(() => reads.length).toBe(2);
  reads[1]?.resolve('a');
  expect(await next).toBe('a');
});
