import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeadlineError, startDeadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a deadline aborts when its time is up, and says how long that was', () => {
  const { signal } = startDeadline(300);
  vi.advanceTimersByTime(299);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toEqual(new DeadlineError('not done within 300 ms'));
});

test('a deadline that was let go leaves nothing behind', () => {
  {
    using _ = startDeadline(300);
    expect(vi.getTimerCount()).toBe(1);
  }
  expect(vi.getTimerCount()).toBe(0);
});
