import { expect, test } from 'vitest';
import type { OpenLoopResult } from '../open-loop.ts';
import { openLoopFigures } from './open-loop.ts';

const latencies = { p50Ms: 2, p99Ms: 8, p999Ms: 9 };
const result: OpenLoopResult = {
  ...{ sent: 100, answered: 70, refused: 20, unanswered: 10, goodputPerSecond: 60, lateP99Ms: 1 },
  ...latencies,
};
const same = (value: number) => ({ median: value, min: value, max: value });

test('any answer other than 200 is a failure, and so is a missing answer, which is also shown separately', () => {
  expect(openLoopFigures([result])).toMatchObject({
    goodputPerSecond: same(60),
    p99Ms: same(8),
    failedPercent: same(30),
    unansweredPercent: same(10),
  });
});

test('without answers there is no latency', () => {
  const none = { p50Ms: Number.NaN, p99Ms: Number.NaN, p999Ms: Number.NaN };
  const silent = { ...result, ...none, answered: 0, refused: 0, unanswered: 100, goodputPerSecond: 0 };
  expect(openLoopFigures([silent])).toMatchObject({ p99Ms: undefined, failedPercent: same(100) });
});
