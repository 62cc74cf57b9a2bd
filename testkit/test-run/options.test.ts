import { expect, test } from 'vitest';
import { UsageError } from '../../cli/run-main.ts';
import { parseTestRunOptions } from './options.ts';

test('everything runs, and nothing is installed, by default', () => {
  expect(parseTestRunOptions([])).toEqual({ install: false, hasIntegration: true, vitest: [] });
});

test('files, a project and a pattern go to Vitest', () => {
  expect(parseTestRunOptions(['tests/affinity', '-t', 'A6', '--project', 'unit', '--install'])).toEqual({
    install: true,
    hasIntegration: false,
    vitest: ['--project', 'unit', '--testNamePattern', 'A6', 'tests/affinity'],
  });
});

test('an unknown flag is rejected', () => {
  expect(() => parseTestRunOptions(['--nothing'])).toThrow(UsageError);
});
