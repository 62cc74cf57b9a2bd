import { expect, test } from 'vitest';
import { interleave } from './interleave.ts';

test('each candidate is measured once in every round, and none always follows the same one', async () => {
  const order: string[] = [];
  const measure = (name: string) => async () => order.push(name);
  const results = await interleave({ a: measure('a'), b: measure('b'), c: measure('c') }, { rounds: 4 });
  expect(order.join('')).toBe('abcbaccabacb');
  expect(results).toEqual({ a: [1, 5, 8, 10], b: [2, 4, 9, 12], c: [3, 6, 7, 11] });
});

test('after an interruption nothing more is measured', async () => {
  const interrupt = new AbortController();
  let measured = 0;
  const measure = async () => {
    measured++;
    interrupt.abort(new Error('interrupted'));
  };
  const measuring = interleave({ a: measure, b: measure }, { rounds: 2, signal: interrupt.signal });
  await expect(measuring).rejects.toThrow('interrupted');
  expect(measured).toBe(1);
});
