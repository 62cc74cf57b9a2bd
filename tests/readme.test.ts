import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CHECKS } from '../chaos/checks/all.ts';
import { USAGE as CHAOS_USAGE } from '../chaos/options.ts';
import { USAGE } from '../cluster/options.ts';
import { USAGE as FUZZ_USAGE } from '../fuzz/options.ts';
import { originSettings } from '../origin/node/config.ts';
import { databaseSettings } from '../origin/node/database-config.ts';
import { serverId } from '../origin/server-id.ts';
import { createAffinityCookie } from '../worker/affinity/set-cookie.ts';
import { workerSettings } from '../worker/config.ts';
import { metricsTable } from './support/metrics-table.ts';
import { alerts } from './support/monitoring-files.ts';
import { settingsTable } from './support/settings-table.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

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

  test('the example of a server id', () => {
    expect(readme).toContain(`\`127.0.0.1:5001\` is \`${serverId('127.0.0.1:5001')}\``);
  });

  test('the affinity cookie', () => {
    const [name, , ...attributes] = createAffinityCookie({ secure: false })('SID').split('; ');
    expect(readme).toContain([name, 'expires=…', ...attributes].join('; '));
  });
});
