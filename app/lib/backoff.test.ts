import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('pauses double up to the last one', () => {
  const pauses = [0, 1, 2, 3, 4, 5000].map((attempt) => backoffMs(attempt, { firstMs: 100, lastMs: 700 }));
  expect(pauses).toEqual([100, 200, 400, 700, 700, 700]);
});
