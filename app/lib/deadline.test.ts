import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeadlineError, startDeadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a deadline aborts after its timeout and names the timeout', () => {
  const { signal } = startDeadline(300);
  vi.advanceTimersByTime(299);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toEqual(new DeadlineError('not done within 300 ms'));
});

test('a disposed deadline leaves no timer', () => {
  {
    using _ = startDeadline(300);
    expect(vi.getTimerCount()).toBe(1);
  }
  expect(vi.getTimerCount()).toBe(0);
});
