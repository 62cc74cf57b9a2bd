import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { delay } from './delay.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a pause lasts as long as it is to', async () => {
  const over = vi.fn();
  void delay(100).then(over);
  await vi.advanceTimersByTimeAsync(99);
  expect(over).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(over).toHaveBeenCalled();
});

test('a pause ends when the signal comes, or at once where it has come, and leaves no timer', async () => {
  const controller = new AbortController();
  const paused = delay(100_000, controller.signal);
  controller.abort();
  await paused;
  await delay(100_000, controller.signal);
  expect(vi.getTimerCount()).toBe(0);
});
