import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { waitAtMost } from './wait-at-most.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a promise that settles in time decides, and leaves no timer', async () => {
  expect(await waitAtMost(Promise.resolve(1), 100)).toBe(1);
  await expect(waitAtMost(Promise.reject(new Error('broke')), 100)).rejects.toThrow('broke');
  expect(vi.getTimerCount()).toBe(0);
});

test('the wait ends with undefined after its time, and what the promise does later has no effect', async () => {
  const work = Promise.withResolvers<number>();
  const waited = waitAtMost(work.promise, 100);
  const over = vi.fn();
  void waited.then(over);
  await vi.advanceTimersByTimeAsync(99);
  expect(over).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  work.reject(new Error('broke'));
  expect(await waited).toBeUndefined();
});

test('when no time is left, the wait ends at once and without a warning', async () => {
  vi.useRealTimers();
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  expect(await waitAtMost(new Promise(() => {}), -5)).toBeUndefined();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
