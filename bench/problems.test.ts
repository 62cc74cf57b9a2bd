import { expect, test } from 'vitest';
import { problemsOf } from './problems.ts';
import type { Report } from './report.ts';

const report: Report = {
  date: '2026-11-21',
  machine: '2 processors',
  programs: [],
  rounds: 1,
  seconds: 1,
  tables: [
    {
      suite: 'side-by-side',
      title: 'Side by side',
      about: 'All at once.',
      rows: [
        { name: 'Mooring', figures: {} },
        { name: 'HAProxy', figures: {}, missing: 'it ended with code 1', hasFailed: true },
        { name: 'Caddy', figures: {}, missing: 'caddy is not installed' },
      ],
    },
  ],
};

test('a failure is a problem, and a missing program is not', () => {
  expect(problemsOf(report, { needsAll: false })).toEqual(['side-by-side: HAProxy: it ended with code 1']);
});

test('with `needsAll` a missing program is a problem, too', () => {
  expect(problemsOf(report, { needsAll: true })).toEqual([
    'side-by-side: HAProxy: it ended with code 1',
    'side-by-side: Caddy: caddy is not installed',
  ]);
});
