import { expect, test } from 'vitest';
import { CANDIDATES } from './candidates.ts';
import { chartOf } from './chart.ts';
import type { Report } from './report.ts';
import { SESSION_LOADS } from './suites/sessions.ts';
import { aboutRun, reportInMarkdown, short, suiteTable, targetsTable } from './table.ts';

const one = (median: number) => ({ median, min: median, max: median });

const report: Report = {
  date: '2026-11-21',
  machine: '2 processors',
  programs: ['Node 24', 'MySQL 9.7'],
  rounds: 5,
  seconds: 4,
  tables: [
    {
      suite: 'side-by-side',
      title: 'Side by side',
      about: 'All at once.',
      rows: [
        {
          name: CANDIDATES.mooring,
          figures: { visitsPerSecond: { median: 8000, min: 7000, max: 9000 }, ratio: one(1) },
          rounds: { visitsPerSecond: [7000, 8000, 9000] },
        },
        {
          name: CANDIDATES.ceiling,
          figures: { visitsPerSecond: one(10_000), ratio: one(1.25) },
          rounds: { visitsPerSecond: [10_000, 10_000, 10_000] },
        },
        {
          name: CANDIDATES.flaskTuned,
          figures: { visitsPerSecond: one(2000), ratio: one(0.25) },
          rounds: { visitsPerSecond: [2000, 2000, 2000] },
        },
        { name: CANDIDATES.caddy, figures: {}, missing: 'caddy is not installed' },
      ],
    },
  ],
};

test('a suite is a table of the measurements, and names what was not measured', () => {
  expect(reportInMarkdown(report)).toContain(`**Side by side.** All at once.

|  | against the first | visits/s |
|---|---|---|
| Mooring behind Nginx | 1.00 | 8,000 (7,000–9,000) |
| the same with the store off (ceiling) | 1.25 | 10,000 |
| tuned Flask + gunicorn behind Nginx | 0.25 | 2,000 |
| Caddy, \`lb_policy cookie\` | not measured: caddy is not installed |  |`);
});

test('the report says what was run and how to repeat it', () => {
  expect(aboutRun(report)).toContain('2026-11-21: 2 processors; Node 24, MySQL 9.7. 5 rounds of 4 s each, alternating');
  expect(aboutRun(report)).toContain('`npm run bench -- --suites side-by-side --rounds 5 --seconds 4`');
});

test('how much the first rate varied between rounds is reported', () => {
  expect(reportInMarkdown(report)).toContain('Noise: between rounds, the rate of the first row varied by 25 %.');
});

test('a load that was late by more than 100 ms is reported', () => {
  const rows = [
    { name: 'peak', figures: { lateP99Ms: one(100) } },
    { name: 'twice', figures: { lateP99Ms: { median: 90, min: 50, max: 250 } } },
  ];
  const table = { suite: 'overload', title: 'Overload', about: '', rows };
  expect(suiteTable(table).split('\n').slice(-2)).toEqual([
    '',
    'The load generator itself was late; p99 of the delay in its worst round: 250 ms (twice).',
  ]);
  expect(suiteTable({ ...table, rows: rows.slice(0, 1) })).not.toContain('late itself');
});

test('a figure that one row lacks leaves its cell empty', () => {
  const rows = [
    { name: 'answers', figures: { visitsPerSecond: one(5), p99Ms: one(1) } },
    { name: 'is silent', figures: { visitsPerSecond: one(0), p99Ms: undefined } },
  ];
  const table = suiteTable({ suite: 'rows', title: 'Rows', about: '', rows });
  expect(table).toContain('| is silent | 0.00 |  |');
});

test('a suite without measurements says why', () => {
  const rows = [{ name: 'Mooring', figures: {}, missing: 'it broke', hasFailed: true }];
  expect(suiteTable({ suite: 'rows', title: 'Rows', about: '', rows }).split('\n').slice(-3)).toEqual([
    '|  |  |',
    '|---|---|',
    '| Mooring | not measured: it broke |',
  ]);
});

test('a target is met, missed or not measured', () => {
  expect(targetsTable(report).split('\n')).toEqual(
    expect.arrayContaining([
      '| visits/s behind Nginx, of the ceiling | ≥ 0.55 | 0.80 | met |',
      '| visits/s, of tuned Flask | ≥ 6 | 4.00 | missed |',
      '| visits/s, of what the usual Flask answers with success | ≥ 20 |  | not measured |',
    ]),
  );
});

test('targets of suites that did not run are left out, and sessions are compared with each other', () => {
  const rated = (name: string, rate: number) => ({ name, figures: {}, rounds: { requestsPerSecond: [rate] } });
  const rows = [
    rated(SESSION_LOADS.none, 1000),
    rated(SESSION_LOADS.fromMemory, 980),
    rated(SESSION_LOADS.redisRead, 500),
  ];
  const table = { suite: 'sessions', title: 'Sessions', about: '', rows };
  expect(
    targetsTable({ ...report, tables: [table] })
      .split('\n')
      .slice(2),
  ).toEqual([
    '| requests/s of a session read from memory, of the same handler without a session | ≥ 0.95 | 0.98 | met |',
    '| requests/s of a session read from memory, of express-session with Redis | ≥ 2 | 1.96 | missed |',
    '| requests/s of a session written, of express-session with Redis | ≥ 1 |  | not measured |',
  ]);
});

test.each([
  [0.1234, '0.12'],
  [12.345, '12.3'],
  [123.45, '123'],
  [12345.6, '12,346'],
])('%d is written %s', (value, text) => {
  expect(short(value)).toBe(text);
});

test('the chart has a bar for each measured candidate, as long as its ratio', () => {
  const chart = chartOf(report.tables[0] as Report['tables'][number]);
  const widths = [...chart.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toHaveLength(3);
  expect((widths[0] as number) / (widths[1] as number)).toBeCloseTo(1 / 1.25, 2);
  expect(chart).not.toContain('`');
});
