import { expect, test } from 'vitest';
import { UsageError } from '../cli/run-main.ts';
import { MUTANT_NAMES } from './mutants.ts';
import { parseTrials } from './self-test-options.ts';

const DAY_MS = 86_400_000;

test('every bug is made, after a run without one, by default', () => {
  expect(parseTrials([])).toEqual([undefined, ...MUTANT_NAMES]);
});

test('named bugs run alone', () => {
  expect(parseTrials(['no-drain', 'death'])).toEqual(['no-drain', 'death']);
});

test('samples of consecutive days reach every bug', () => {
  const days = Array.from({ length: Math.ceil(MUTANT_NAMES.length / 4) }, (_, day) => day * DAY_MS);
  const samples = days.map((nowMs) => parseTrials(['--sample', '4'], nowMs));
  for (const sample of samples) expect(sample).toHaveLength(5);
  for (const [first] of samples) expect(first).toBeUndefined();
  expect(new Set(samples.flat())).toEqual(new Set([undefined, ...MUTANT_NAMES]));
});

test.each([[['--sample', '0']], [['--sample', 'all']], [['--sample', '99']], [['--nothing']], [['rose']]])(
  '%j is rejected',
  (args) => {
    expect(() => parseTrials(args)).toThrow(UsageError);
  },
);
