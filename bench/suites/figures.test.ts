import { expect, test } from 'vitest';
import type { WrkResult } from '../wrk.ts';
import { closedLoopFigures, memoryFigure } from './figures.ts';

const answering: WrkResult = { answered: 90, answeredPerSecond: 45, failures: 10, p50Ms: 2, p99Ms: 8 };
const silent: WrkResult = { answered: 0, answeredPerSecond: 0, failures: 0, p50Ms: Number.NaN, p99Ms: Number.NaN };
const same = (value: number) => ({ median: value, min: value, max: value });

test('a request with another answer or without an answer has failed', () => {
  expect(closedLoopFigures([answering], [answering]).figures).toEqual({
    ratio: same(1),
    visitsPerSecond: same(45),
    p50Ms: same(2),
    p99Ms: same(8),
    failedPercent: same(10),
  });
});

test('a load that makes no request has failed as a whole, has no latency and is no base for a ratio', () => {
  const { figures } = closedLoopFigures([silent], [silent]);
  expect(figures).toEqual({ visitsPerSecond: same(0), failedPercent: same(100) });
});

test('a round without answers does not affect the figures of the others', () => {
  const { figures } = closedLoopFigures([silent, answering], [answering, silent]);
  expect(figures).toMatchObject({
    ratio: same(0),
    visitsPerSecond: { median: 22.5, min: 0, max: 45 },
    p99Ms: same(8),
    failedPercent: { median: 55, min: 10, max: 100 },
  });
});

test('memory is shown where it is known', () => {
  expect(memoryFigure([{ residentMb: 100 }, { residentMb: undefined }])).toEqual({ residentMb: same(100) });
  expect(memoryFigure([{ residentMb: undefined }])).toEqual({});
});
