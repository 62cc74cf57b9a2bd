import { describe, expect, test } from 'vitest';
import { createMonotonicClock } from './monotonic-clock.ts';

const HOUR_MS = 3_600_000;

describe('a clock for intervals', () => {
  test.each([
    { clock: 'runs', reads: [1000, 1000, 1250, 4000], passed: [0, 250, 2750] },
    { clock: 'is set back', reads: [HOUR_MS, 0, 250, 1250], passed: [0, 250, 1000] },
    { clock: 'is set back twice', reads: [HOUR_MS, 10, 20, 5, 105], passed: [0, 10, 0, 100] },
    { clock: 'is set forward', reads: [0, HOUR_MS, HOUR_MS + 10], passed: [HOUR_MS, 10] },
    { clock: 'is set back and right again', reads: [HOUR_MS, 0, HOUR_MS], passed: [0, HOUR_MS] },
  ])('never goes back when its source $clock', ({ reads, passed }) => {
    const left = [...reads];
    const clock = createMonotonicClock(() => left.shift() as number);
    let lastMs = reads[0] as number;
    const differences = passed.map(() => {
      const beforeMs = lastMs;
      lastMs = clock();
      return lastMs - beforeMs;
    });
    expect(differences).toEqual(passed);
  });
});
