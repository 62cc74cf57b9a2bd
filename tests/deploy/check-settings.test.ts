import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';

const project = (path: string) => new URL(`../../${path}`, import.meta.url);
const compose = parse(readFileSync(project('docker-compose.yml'), 'utf8')) as {
  'x-check-settings': string[];
  'x-db-values': string;
  services: Record<string, { command: string[]; environment?: Record<string, string>; depends_on: object }>;
};

/** A folder and a shell stand in for the container of `db-settings`. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-settings-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'run'));
  copyFileSync(project('db/check-settings.sh'), join(folder, 'check-settings.sh'));
  copyFileSync(project('nginx/entrypoint/parts/settings.sh'), join(folder, 'settings.sh'));
});

/** Runs the service's command with these variables in `.env`. */
function check(variables: Record<string, string>): Promise<{ code: number; stderr: string }> {
  const values = compose['x-db-values'].replaceAll(
    /\$\{(\w+):-([^}]*)\}/g,
    (_all, name, byDefault) => variables[name] || byDefault,
  );
  writeFileSync(join(folder, 'values'), values);
  const inFolder = (text: string) =>
    text
      .replaceAll('$$', '$')
      .replaceAll('/run/settings', '{run}')
      .replaceAll('/values', `${folder}/values`)
      .replaceAll('{run}', join(folder, 'run'));
  const [shell, ...args] = compose['x-check-settings'].map(inFolder) as [string, ...string[]];
  const command = (compose.services['db-settings'] as { command: string[] }).command;
  const options = { env: { PATH: process.env.PATH } };
  return new Promise((resolve) => {
    const all = [...args, ...command.map((word) => word.replace('/mooring', folder))];
    execFile(shell, all, options, (error, _stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stderr }));
  });
}

const stored = () => readFile(join(folder, 'run', 'settings.sh'), 'utf8');

/** Returns the settings that the database reads. */
async function storedValues(): Promise<string[]> {
  return [...(await stored()).matchAll(/^(?:export|declare -x) (DB_\w+)=['"]?([^'"\n]*)/gm)].map(
    ([, name, value]) => `${name}=${value}`,
  );
}

describe('the settings of the database in .env', () => {
  test('are stored with their defaults', async () => {
    expect(await check({})).toEqual({ code: 0, stderr: '' });
    expect(await storedValues()).toEqual([
      'DB_BINLOG=off',
      'DB_BINLOG_HOURS=24',
      'DB_MAX_CONNECTIONS=500',
      'DB_PERFORMANCE_SCHEMA=off',
    ]);
  });

  test('are stored as they are given', async () => {
    const given = { DB_BINLOG: 'on', DB_BINLOG_HOURS: '6', DB_MAX_CONNECTIONS: '1000', DB_PERFORMANCE_SCHEMA: 'on' };
    expect(await check(given)).toMatchObject({ code: 0 });
    expect(await storedValues()).toEqual(Object.entries(given).map(([name, value]) => `${name}=${value}`));
  });

  test.each([
    ['DB_BINLOG', 'maybe'],
    ['DB_BINLOG', 'ON'],
    ['DB_BINLOG_HOURS', '0'],
    ['DB_BINLOG_HOURS', '1.5'],
    ['DB_BINLOG_HOURS', 'a[$(id)]'],
    ['DB_BINLOG_HOURS', '1000001'],
    ['DB_MAX_CONNECTIONS', 'many'],
    ['DB_MAX_CONNECTIONS', '0'],
    ['DB_MAX_CONNECTIONS', '100001'],
    ['DB_MAX_CONNECTIONS', '500 --skip-grant-tables'],
    ['DB_PERFORMANCE_SCHEMA', 'yes'],
  ])('%s=%s is rejected by name, and the stored settings stay', async (name, value) => {
    await check({});
    const before = await stored();
    const { code, stderr } = await check({ [name]: value });
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^mooring: ${name}: expected .*; for example ${name}=\\w+\n$`));
    expect(stderr).toContain(`got "${value}"`);
    expect(await stored()).toBe(before);
  });

  test('are all rejected together', async () => {
    const { stderr } = await check({
      DB_BINLOG: 'x',
      DB_BINLOG_HOURS: 'x',
      DB_MAX_CONNECTIONS: 'x',
      DB_PERFORMANCE_SCHEMA: 'x',
    });
    expect(stderr.match(/^mooring: DB_\w+/gm)).toHaveLength(4);
  });

  test('are in no container, because Compose would recreate it when they change', () => {
    const { db, users } = compose.services;
    for (const service of [db, users]) {
      expect(JSON.stringify(service)).not.toMatch(/\$\{DB_(BINLOG|BINLOG_HOURS|MAX_CONNECTIONS|PERFORMANCE_SCHEMA)\b/);
      expect(JSON.stringify(service)).toContain('db-settings:/run/settings:ro');
    }
    expect(db?.depends_on).toHaveProperty('db-settings');
  });
});
