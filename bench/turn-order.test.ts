import { describe, expect, test } from 'vitest';
import { turnOrder } from './turn-order.ts';

const range = (length: number) => Array.from({ length }, (_, index) => index);
const pairsOf = (order: number[]) => order.slice(1).map((one, index) => `${one} after ${order[index]}`);

function countOf<T>(values: T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

describe.each([2, 3, 4, 5, 8, 11])('of %d', (count) => {
  const rounds = range(2 * count).map((round) => turnOrder(count, round));

  test('each has one turn in every round', () => {
    for (const order of rounds) expect(order.toSorted((a, b) => a - b)).toEqual(range(count));
  });

  test('the first candidate changes from round to round, and each is first equally often', () => {
    const firsts = rounds.map(([first]) => first);
    expect(firsts).toEqual([...range(count), ...range(count)]);
  });

  test('each candidate follows each other one equally often', () => {
    const pairs = countOf(rounds.flatMap(pairsOf));
    expect(pairs.size).toBe(count * (count - 1));
    expect(new Set(pairs.values())).toEqual(new Set([2]));
  });
});

test('with eleven candidates none follows the same one twice in five rounds', () => {
  const pairs = range(5).flatMap((round) => pairsOf(turnOrder(11, round)));
  expect(new Set(pairs).size).toBe(pairs.length);
});

test('a single candidate has every turn', () => {
  expect([0, 1, 2].map((round) => turnOrder(1, round))).toEqual([[0], [0], [0]]);
});
