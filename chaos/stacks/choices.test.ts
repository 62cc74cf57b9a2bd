import { expect, test } from 'vitest';
import { choose, chooseCount, LEAST_REPLICAS, MOST_REPLICAS } from './choices.ts';

test('of things each can be chosen, and of none none', () => {
  expect([0, 1, 2, 3].map((choice) => choose(['a', 'b', 'c'], choice))).toEqual(['a', 'b', 'c', 'a']);
  expect(choose([], 7)).toBeUndefined();
});

test('replicas become more or fewer, and never as many as there are', () => {
  const counts = Array.from({ length: 100 }, (_, choice) => chooseCount(3, choice));
  expect(counts).not.toContain(3);
  expect([Math.min(...counts), Math.max(...counts)]).toEqual([LEAST_REPLICAS, MOST_REPLICAS]);
});
