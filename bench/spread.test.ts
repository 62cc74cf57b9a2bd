import { expect, test } from 'vitest';
import { ratioSpread, spreadOf } from './spread.ts';

test.each([
  [[3], { median: 3, min: 3, max: 3 }],
  [[10, 1, 2], { median: 2, min: 1, max: 10 }],
  [[4, 1, 3, 2], { median: 2.5, min: 1, max: 4 }],
])('of %j', (values, spread) => {
  expect(spreadOf(values)).toEqual(spread);
});

test('values that are not finite are left out', () => {
  expect(spreadOf([Number.NaN, 2, null, Number.POSITIVE_INFINITY, 4])).toEqual({ median: 3, min: 2, max: 4 });
});

test.each([[[]], [[Number.NaN]], [[null]]])('%j has none', (values) => {
  expect(spreadOf(values)).toBeUndefined();
});

test('a ratio is taken round by round', () => {
  expect(ratioSpread([50, 300, 100], [100, 300, 400])).toEqual({ median: 0.5, min: 0.25, max: 1 });
});

test('a round in which either was not measured, or the base was 0, has no ratio', () => {
  expect(ratioSpread([50, 300, null, 7], [100, 0, 400])).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
  expect(ratioSpread([0, 5], [0, 0])).toBeUndefined();
});
