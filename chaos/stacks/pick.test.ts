import { expect, test } from 'vitest';
import { LEAST_REPLICAS, MOST_REPLICAS, pick, pickCount } from './pick.ts';

test('each thing can be selected, and none of an empty list', () => {
  expect([0, 1, 2, 3].map((choice) => pick(['a', 'b', 'c'], choice))).toEqual(['a', 'b', 'c', 'a']);
  expect(pick([], 7)).toBeUndefined();
});

test('the number of replicas grows or shrinks, and never stays', () => {
  const counts = Array.from({ length: 100 }, (_, choice) => pickCount(3, choice));
  expect(counts).not.toContain(3);
  expect([Math.min(...counts), Math.max(...counts)]).toEqual([LEAST_REPLICAS, MOST_REPLICAS]);
});
