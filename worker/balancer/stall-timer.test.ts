import { beforeEach, expect, test, vi } from 'vitest';
import { createStallTimer } from './stall-timer.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => void vi.useRealTimers();
});

/** Creates a timer and returns it with the time at which it has fired, undefined before. */
function create() {
  const startMs = Date.now();
  let firedAtMs: number | undefined;
  const timer = createStallTimer(() => {
    firedAtMs = Date.now() - startMs;
  });
  return { ...timer, firedAtMs: () => firedAtMs };
}

test('it fires when the step is not made in time', () => {
  const timer = create();
  timer.expect(1000);
  vi.advanceTimersByTime(5000);
  expect(timer.firedAtMs()).toBe(1000);
});

test('each step moves it, also to an earlier time', () => {
  const timer = create();
  for (let step = 0; step < 10; step++) {
    timer.expect(1000);
    vi.advanceTimersByTime(900);
  }
  timer.expect(200);
  vi.advanceTimersByTime(5000);
  expect(timer.firedAtMs()).toBe(9200);
});

test('it does not fire while a step may take any time, and does again after the next step', () => {
  const timer = create();
  timer.expect(1000);
  timer.expect(Number.POSITIVE_INFINITY);
  vi.advanceTimersByTime(5000);
  expect([timer.firedAtMs(), vi.getTimerCount()]).toEqual([undefined, 0]);
  timer.expect(1000);
  vi.advanceTimersByTime(5000);
  expect(timer.firedAtMs()).toBe(6000);
});

test('steps do not start timers', () => {
  const timer = create();
  timer.expect(1000);
  // No spy: its automatic restoration comes after that of the real timers, and would put the fake ones back.
  const { setTimeout } = globalThis;
  const started = vi.fn(setTimeout);
  globalThis.setTimeout = started as unknown as typeof setTimeout;
  for (let step = 0; step < 100; step++) timer.expect(1000);
  globalThis.setTimeout = setTimeout;
  expect(started).not.toHaveBeenCalled();
});

test('a clock that is set back by an hour does not make it wait for an hour', () => {
  const timer = create();
  timer.expect(1000);
  vi.setSystemTime(Date.now() - 3_600_000);
  timer.expect(1000);
  vi.advanceTimersByTime(2000);
  expect(timer.firedAtMs()).toBeDefined();
});

test('it ends', () => {
  const timer = create();
  timer.expect(1000);
  timer.stop();
  expect(vi.getTimerCount()).toBe(0);
});
