import { expect, test, vi } from 'vitest';
import { remember } from './remember.ts';

test.each([
  { of: 'a text that repeats', texts: ['a', 'a', 'b', 'a'], computed: ['a', 'b'] },
  { of: 'a text without a result', texts: ['', ''], computed: ['', ''] },
  { of: 'a long text', texts: ['a'.repeat(101), 'a'.repeat(101)], computed: ['a'.repeat(101), 'a'.repeat(101)] },
])('computes $of as often as needed', ({ texts, computed }) => {
  const compute = vi.fn((text: string) => text.toUpperCase() || undefined);
  const remembered = remember(compute);
  expect(texts.map(remembered)).toEqual(texts.map((text) => text.toUpperCase() || undefined));
  expect(compute.mock.calls.flat()).toEqual(computed);
});

test('forgets texts when there are too many', () => {
  const compute = vi.fn((text: string) => text);
  const remembered = remember(compute);
  for (let number = 0; number <= 1000; number += 1) remembered(`${number}`);
  remembered('1000');
  expect(compute).toHaveBeenCalledTimes(1001);
  remembered('0');
  expect(compute).toHaveBeenCalledTimes(1002);
});
