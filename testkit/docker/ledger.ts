import { expect } from 'vitest';
import { answeredNumbers, type Trail } from '../http/visitor.ts';
import type { Stack } from './stack.ts';

export async function countVisits(stack: Stack): Promise<number> {
  const [value] = await stack.sql('select value from global_counter');
  return Number(value);
}

/**
 * Expects that the counter equals the number of rows, that the rows are numbered without a gap, and that each request
 * id occurs once.
 */
export async function expectSoundLedger(stack: Stack): Promise<void> {
  const columns = 'count(*), count(distinct request_id), min(number), max(number)';
  const [line] = await stack.sql(`select ${columns}, (select value from global_counter) from access_log`);
  const [rows, requests, first, last, counter] = (line as string).split('\t').map(Number);
  expect({ requests, first, last, counter }).toEqual({ requests: rows, first: 1, last: rows, counter: rows });
}

/** Expects that each visit was answered with 200, and that their numbers are exactly those counted since `before`. */
export async function expectAllCounted(stack: Stack, trails: Trail[], before: number): Promise<void> {
  expect(trails.flatMap(({ errors }) => errors)).toEqual([]);
  expect(trails.flatMap(({ answers }) => answers.filter(({ status }) => status !== 200))).toEqual([]);
  const numbers = answeredNumbers(trails);
  expect(numbers).toEqual(numbers.map((_, index) => before + 1 + index));
  expect(await countVisits(stack)).toBe(before + numbers.length);
}
