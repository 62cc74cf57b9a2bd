import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { serverId } from '../app/affinity/server-id.ts';
import { createAffinityCookie } from '../app/affinity/set-cookie.ts';
import { chartOf } from '../bench/chart.ts';
import { USAGE as BENCH_USAGE } from '../bench/options.ts';
import type { Report, Table } from '../bench/report.ts';
import { SUITES } from '../bench/suites/all.ts';
import { aboutRun, documentOf, suiteTable, targetsTable } from '../bench/table.ts';
import { CHECKS } from '../chaos/checks/all.ts';
import { USAGE as CHAOS_USAGE } from '../chaos/options.ts';
import { databaseSettings } from '../cli/database-config.ts';
import { USAGE as FUZZ_USAGE } from '../fuzz/options.ts';
import { USAGE } from '../local/options.ts';
import { originSettings } from '../origin/config.ts';
import { metricsTable } from '../testkit/docs/metrics-table.ts';
import { alerts } from '../testkit/docs/monitoring-files.ts';
import { settingsTable } from '../testkit/docs/settings-table.ts';
import { workerSettings } from '../worker/config.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('no document shows a password on a command line, which others on a machine can read', () => {
  const documents = ['README.md', ...globSync('docs/*.md')];
  expect(documents.length).toBeGreaterThan(10);
  const isShown = (line: string) => /--\S+[ =].*mysql:\/\/([^\s@]+:|\u2026)/.test(line);
  const shown = documents.flatMap((name) => readFileSync(name, 'utf8').split('\n').filter(isShown));
  expect(shown).toEqual([]);
});

describe('the README says what the code does', () => {
  test.each([
    ['a replica', originSettings],
    ['the database', databaseSettings],
    ['the worker', workerSettings],
  ])('the settings of %s', (_whose, settings) => {
    expect(readme).toContain(settingsTable(settings));
  });

  test('the flags of npm start', () => {
    expect(readme).toContain(USAGE.trim());
  });

  test('the flags and the checks of npm run chaos', () => {
    expect(readme).toContain(CHAOS_USAGE.trim());
    for (const { name, promise } of CHECKS) expect(readme).toContain(`| ${name} | ${promise} |`);
  });

  test('the flags of npm run fuzz', () => {
    expect(readme).toContain(FUZZ_USAGE.trim());
  });

  test('the flags of npm run bench, and what its last run measured', () => {
    expect(readme).toContain(BENCH_USAGE.trim());
    const report = JSON.parse(readFileSync(new URL('../docs/bench.json', import.meta.url), 'utf8')) as Report;
    expect(report.tables.map(({ suite }) => suite)).toEqual(SUITES.map(({ name }) => name));
    const [first] = report.tables as [Table];
    for (const part of [aboutRun(report), targetsTable(report), suiteTable(first)]) expect(readme).toContain(part);
    expect(readFileSync(new URL('../docs/bench.md', import.meta.url), 'utf8')).toBe(documentOf(report));
    expect(readFileSync(new URL('../docs/bench.svg', import.meta.url), 'utf8')).toBe(chartOf(first));
  });

  test('the metrics of a replica', async () => {
    expect(readme).toContain(await metricsTable());
  });

  test('every alert, and no other, with what to do', () => {
    const rows = [...readme.matchAll(/^\| `(Mooring\w+)` \| (.+) \| (.+) \|$/gm)];
    expect(rows.map(([, name]) => name).sort()).toEqual(alerts.map(({ alert }) => alert).sort());
    for (const [, name, when] of rows) {
      const waits = alerts
        .find(({ alert }) => alert === name)
        ?.for.replace(/s$/, ' s')
        .replace(/m$/, ' min');
      expect(when).toContain(`${waits}`);
    }
  });

  test.each([
    ['PROMETHEUS_IMAGE', 'GRAFANA_IMAGE', 'NGINX_EXPORTER_IMAGE'],
    ['PROMETHEUS_RETENTION_TIME', 'PROMETHEUS_RETENTION_SIZE'],
  ])('the defaults of %s and its like', (...names) => {
    const compose = readFileSync(new URL('../monitoring/compose.yml', import.meta.url), 'utf8');
    const row = readme
      .split('\n')
      .find((line) => line.startsWith(`| ${names.map((name) => `\`${name}\``).join(', ')} |`));
    for (const name of names) expect(row).toContain(compose.match(new RegExp(`\\$\\{${name}:-([^}]+)\\}`))?.[1]);
  });

  test("Nginx's limit of requests under way", () => {
    const entrypoint = readFileSync(new URL('../nginx/entrypoint/parts/limits.sh', import.meta.url), 'utf8');
    const limit = entrypoint.match(/read_limit NGINX_IN_FLIGHT_LIMIT (\d+)/)?.[1];
    expect(readme).toContain(`| \`NGINX_IN_FLIGHT_LIMIT\` | ${limit} |`);
  });

  test('the example of a server id', () => {
    expect(readme).toContain(`\`127.0.0.1:5001\` is \`${serverId('127.0.0.1:5001')}\``);
  });

  test('the affinity cookie', () => {
    const [name, , ...attributes] = createAffinityCookie({ secure: false })('SID').split('; ');
    expect(readme).toContain([name, 'expires=…', ...attributes].join('; '));
  });
});
