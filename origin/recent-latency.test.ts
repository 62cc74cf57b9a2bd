import { expect, test } from 'vitest';
import { createRecentLatency } from './recent-latency.ts';

function setUp() {
  let timeMs = 5_000_000;
  const latency = createRecentLatency({ monotonicMs: () => timeMs });
  return {
    latency,
    pass(ms: number) {
      timeMs += ms;
    },
  };
}

test('without measurements there are no percentiles', () => {
  expect(setUp().latency.percentilesMs()).toBeNull();
});

test('percentiles are right to two digits', () => {
  const { latency } = setUp();
  for (let durationMs = 1; durationMs <= 100; durationMs++) latency.record(durationMs);
  const { p50, p95, p99 } = latency.percentilesMs() as { p50: number; p95: number; p99: number };
  expect(p50).toBeCloseTo(50, -0.5);
  expect(p95).toBeCloseTo(95, -0.5);
  expect(p99).toBeCloseTo(99, -0.5);
});

test.each([0, -1, 1e12])('a duration of %d ms is clamped to the range of the histogram', (durationMs) => {
  const { latency } = setUp();
  latency.record(durationMs);
  expect(latency.percentilesMs()?.p50).toBeGreaterThan(0);
});

test('measurements count after half a minute, but not after a minute', () => {
  const { latency, pass } = setUp();
  latency.record(1000);
  pass(30_000);
  latency.record(1);
  expect(latency.percentilesMs()?.p99).toBeGreaterThan(900);
  pass(30_000);
  expect(latency.percentilesMs()?.p99).toBeLessThan(2);
  pass(90_000);
  expect(latency.percentilesMs()).toBeNull();
});
