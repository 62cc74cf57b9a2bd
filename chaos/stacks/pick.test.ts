import { expect, test } from 'vitest';
import { LEAST_REPLICAS, MOST_REPLICAS, pick, pickCount } from './pick.ts';

test('of things each can be chosen, and of none none', () => {
  expect([0, 1, 2, 3].map((choice) => pick(['a', 'b', 'c'], choice))).toEqual(['a', 'b', 'c', 'a']);
  expect(pick([], 7)).toBeUndefined();
});

test('replicas become more or fewer, and never as many as there are', () => {
  const counts = Array.from({ length: 100 }, (_, choice) => pickCount(3, choice));
  expect(counts).not.toContain(3);
  expect([Math.min(...counts), Math.max(...counts)]).toEqual([LEAST_REPLICAS, MOST_REPLICAS]);
});
