import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { UsageError } from '../../cli/run-main.ts';
import { ALL_TESTS_MINUTES, parseTestRunOptions } from './options.ts';

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

test.each(['README.md', 'docs/testing.md'])('%s says how long all tests take', (path) => {
  const page = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  expect(page).toContain(`in about ${ALL_TESTS_MINUTES} minutes`);
});
