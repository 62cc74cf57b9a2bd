import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { USAGE } from '../cluster/options.ts';
import { originSettings } from '../origin/node/config.ts';
import { databaseSettings } from '../origin/node/database-config.ts';
import { serverId } from '../origin/server-id.ts';
import { createAffinityCookie } from '../worker/affinity/set-cookie.ts';
import { workerSettings } from '../worker/config.ts';
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

  test('the example of a server id', () => {
    expect(readme).toContain(`\`127.0.0.1:5001\` is \`${serverId('127.0.0.1:5001')}\``);
  });

  test('the affinity cookie', () => {
    const [name, , ...attributes] = createAffinityCookie({ secure: false })('SID').split('; ');
    expect(readme).toContain([name, 'expires=…', ...attributes].join('; '));
  });
});
