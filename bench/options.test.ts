import { expect, test } from 'vitest';
import { UsageError } from '../cli/run-main.ts';
import { parseOptions } from './options.ts';
import { SUITES } from './suites/all.ts';

test('without flags all suites run, five rounds of each', () => {
  expect(parseOptions([])).toEqual({ suites: SUITES, rounds: 5, seconds: 4, databaseUrl: undefined, out: undefined });
});

test('flags choose', () => {
  const options = parseOptions(['--suites', 'rows,overload', '--rounds', '1', '--seconds', '2', '--out', 'docs']);
  expect(options.suites.map(({ name }) => name)).toEqual(['rows', 'overload']);
  expect(options).toMatchObject({ rounds: 1, seconds: 2, out: 'docs' });
});

test.each([
  [['--suites', 'speed'], '--suites: expected some of side-by-side,'],
  [['--rounds', '0'], '--rounds: expected a whole number from 1 to 100, got "0"'],
  [['--seconds', 'ten'], '--seconds: expected a whole number from 1 to 60, got "ten"'],
  [['--fast'], '--fast'],
])('%j is rejected', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(message);
});
