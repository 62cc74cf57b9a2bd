import { expect, test } from 'vitest';
import { createTimeBuckets } from './time-buckets.ts';

test('a slot is empty until a value is stored, and keeps it', () => {
  const ring = createTimeBuckets(3, () => ({ count: 0 }));
  ring.at(7).count++;
  ring.at(7).count++;
  expect(ring.upTo(8, 3)).toEqual([{ count: 0 }, { count: 2 }, { count: 0 }]);
});

test('a later slot replaces an earlier one in the same place', () => {
  const ring = createTimeBuckets(3, () => ({ count: 0 }));
  ring.at(1).count = 5;
  ring.at(4).count = 9;
  expect(ring.upTo(4, 3)).toEqual([{ count: 0 }, { count: 0 }, { count: 9 }]);
  expect(ring.upTo(1, 1)).toEqual([{ count: 0 }]);
});
