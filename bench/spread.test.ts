import { expect, test } from 'vitest';
import { spreadOf } from './spread.ts';

test.each([
  [[3], { median: 3, min: 3, max: 3 }],
  [[10, 1, 2], { median: 2, min: 1, max: 10 }],
  [[4, 1, 3, 2], { median: 2.5, min: 1, max: 4 }],
])('of %j', (values, spread) => {
  expect(spreadOf(values)).toEqual(spread);
});
