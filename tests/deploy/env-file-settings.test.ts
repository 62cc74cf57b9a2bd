import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { composeValues } from '../../docs/generate/compose-tables.ts';
import { originSettings } from '../../origin/settings.ts';
import { workerSettings } from '../../worker/config.ts';
import { limitSettings } from '../../worker/limit-settings.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const page = read('docs/configuration.md');

/** The list of the replicas' settings in `.env`. */
const originVariables = page.match(/<!-- generated: compose-origin-variables -->(.*?)<!-- end -->/s)?.[1];

/** Settings of a replica that the stack itself decides. */
const OF_THE_STACK = [
  'IMAGE_APP_FOLDER',
  'HOST',
  'PORT',
  'SERVER_IP',
  'SERVER_ROUTE',
  'TRUST_PROXY',
  'TRUSTED_PROXIES',
  'STOP_GRACE_PERIOD_MS',
  'LOG_DIRECTORY',
  'METRICS_PORT',
  'EDGE_METRICS',
];

describe('.env sets every setting that the stack does not set itself', () => {
  test('of the replicas, under the same name', () => {
    const names = Object.keys(originSettings).filter((name) => !OF_THE_STACK.includes(name));
    const expected = [...names, 'DB_TLS'].map((name) => [name, `\${${name}:-}`]);
    expect(Object.fromEntries(composeValues('origin'))).toEqual(Object.fromEntries(expected));
    for (const name of names) expect(originVariables).toContain(`\`${name}\``);
  });

  test('of the edge, with EDGE_ before the name unless the replicas or Nginx have it, too', () => {
    const { ORIGIN_PORT: port, ...others } = Object.fromEntries(composeValues('edge'));
    const values = new Map(Object.entries(others));
    // The edge discovers its peers by the host name that all replicas share.
    expect([...values.keys()].sort()).toEqual(
      ['APP_FOLDER', 'DB_TLS', ...Object.keys(workerSettings)]
        .map((name) => (name === 'ORIGINS' ? 'ORIGIN_PARAMETERS' : name))
        .sort(),
    );
    expect(port).toBe(`\${APP_PORT:-5000}`);
    for (const [name, value] of values) {
      if (/^(APP_FOLDER|DASHBOARD|SESSION_|IN_DOUBT_|DB_TLS)/.test(name)) {
        expect(value).toBe(`\${${name}:-}`);
        continue;
      }
      const variable = name in limitSettings ? name : `EDGE_${name}`;
      expect(value).toMatch(new RegExp(`^\\$\\{${variable}:-.*\\}$`));
      expect(page).toContain(`| \`${variable}\` |`);
    }
  });
});
