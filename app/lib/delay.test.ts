import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { delay } from './delay.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a delay lasts its time', async () => {
  const over = vi.fn();
  void delay(100).then(over);
  await vi.advanceTimersByTimeAsync(99);
  expect(over).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(over).toHaveBeenCalled();
});

test('a delay ends when the signal aborts, or at once if it has aborted, and leaves no timer', async () => {
  const controller = new AbortController();
  const paused = delay(100_000, controller.signal);
  controller.abort();
  await paused;
  await delay(100_000, controller.signal);
  expect(vi.getTimerCount()).toBe(0);
});
