import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

test('the same seed gives the same numbers, another gives others', () => {
  const draw = (seed: number) => Array.from({ length: 8 }, createRandom(seed).fraction);
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('numbers are spread over the whole range', () => {
  const random = createRandom(1);
  const drawn = Array.from({ length: 3000 }, () => random.between(1, 3));
  for (const number of [1, 2, 3]) expect(drawn.filter((other) => other === number).length).toBeGreaterThan(800);
  expect(new Set(drawn)).toEqual(new Set([1, 2, 3]));
});

test('a fork does not depend on what was drawn before it', () => {
  const random = createRandom(5);
  const early = random.fork('client 1').fraction();
  random.fraction();
  expect(random.fork('client 1').fraction()).toBe(early);
  expect(random.fork('client 2').fraction()).not.toBe(early);
});

test('shuffling loses nothing', () => {
  expect(createRandom(3).shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
});
