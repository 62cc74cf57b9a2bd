import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';
import { repeatCommand } from './repeat-command.ts';
import type { Report } from './report.ts';
import { SUITES } from './suites/all.ts';

function reportOf(suites: string[]): Report {
  const tables = suites.map((suite) => ({ suite, title: suite, about: '', rows: [] }));
  return { date: '2026-11-21', machine: '2 processors', programs: [], rounds: 3, seconds: 2, tables };
}

const all = SUITES.map(({ name }) => name);

test('a report of all suites names none', () => {
  expect(repeatCommand(reportOf(all))).toBe('npm run bench -- --rounds 3 --seconds 2');
});

test.each([[all], [['rows', 'overload']]])('its flags choose what was measured: %j', (suites) => {
  const [, flags] = repeatCommand(reportOf(suites)).split(' -- ') as [string, string];
  const options = parseOptions(flags.split(' '));
  expect(options.suites.map(({ name }) => name)).toEqual(suites);
  expect(options).toMatchObject({ rounds: 3, seconds: 2 });
});
