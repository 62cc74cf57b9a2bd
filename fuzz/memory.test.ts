import { expect, test } from 'vitest';
import { growthOf } from './memory.ts';

const MB = 1024 * 1024;
const samples = (count: number, bytes: (nth: number) => number) =>
  Array.from({ length: count }, (_, nth) => bytes(nth));

test.each([
  { what: 'stays', bytes: () => 200 * MB, isTooMuch: false },
  { what: 'grows while it warms up', bytes: (nth: number) => (nth < 3 ? 50 : 200) * MB, isTooMuch: false },
  { what: 'goes up and down', bytes: (nth: number) => (200 + 60 * (nth % 2)) * MB, isTooMuch: false },
  { what: 'grows with every input', bytes: (nth: number) => (100 + 10 * nth) * MB, isTooMuch: true },
])('memory that $what is too much: $isTooMuch', ({ bytes, isTooMuch }) => {
  expect(growthOf(samples(30, bytes))?.isTooMuch).toBe(isTooMuch);
});

test('a few samples tell nothing', () => {
  expect(growthOf(samples(9, (nth) => nth * 100 * MB))).toBeUndefined();
});
