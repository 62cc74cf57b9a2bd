import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SettingsError } from '../../app/lib/settings.ts';
import { parseEdgeConfig, parseEdgeContainerConfig } from './config.ts';

test('the token of the dashboard may come from a file, as the token of a replica may', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'token'), 'correct-horse-battery\n');
  const env = { DASHBOARD: 'token', DASHBOARD_TOKEN_FILE: join(folder, 'token'), PATH: '/bin' };
  expect(parseEdgeConfig(env).vars).toEqual({ DASHBOARD: 'token', DASHBOARD_TOKEN: 'correct-horse-battery' });
});

test('all invalid settings are reported together, including settings of the database and the worker', () => {
  const env = { PORT: '0', DB_HOST: 'db', DASHBOARD: 'token', DASHBOARD_TOKEN_FILE: '/nowhere', UPLOAD_LIMIT: 'x' };
  expect(() => parseEdgeConfig(env)).toThrow(
    /^4 settings are wrong:\n {2}PORT: .*\n {2}UPLOAD_LIMIT: .*\n {2}DASHBOARD_TOKEN_FILE: expected a file .*\n {2}DB_USER: /,
  );
});

test('the rules between settings of the worker are checked before the worker starts', () => {
  const env = { SESSION_IDLE_MINUTES: '600', SESSION_ABSOLUTE_HOURS: '1', DASHBOARD: 'token' };
  const problems =
    /^2 settings are wrong:\n {2}SESSION_IDLE_MINUTES: expected at most 60, .*\n {2}DASHBOARD_TOKEN: expected /;
  expect(() => parseEdgeConfig(env)).toThrow(problems);
  expect(() => parseEdgeContainerConfig(env)).toThrow(problems);
});

test('a wrong line of ORIGINS is reported beside all other problems, without a password', () => {
  const env = {
    PORT: '0',
    ORIGINS: 'http://127.0.0.1:5001 weight=2\nhttp://user:hunter2@127.0.0.1:5002',
    REQUEST_LIMIT: 'x',
  };
  expect(() => parseEdgeConfig(env)).toThrow(
    new SettingsError([
      'PORT: expected a port from 1 to 65535, got "0"; for example PORT=8787',
      'ORIGINS: expected http://host:port or https://host:port and nothing after it, got "http://***@127.0.0.1:5002" in line 2; for example ORIGINS=http://127.0.0.1:5001 weight=2 max_fails=2 fail_timeout=5s',
      'REQUEST_LIMIT: expected a whole number from 1 to 1000000, or off, got "x"; for example REQUEST_LIMIT=1024',
    ]),
  );
});

describe('ORIGIN_PARAMETERS', () => {
  test.each(['max_fails=0', 'max_fails=2 fail_timeout=5s', 'weight=3 max_conns=10', 'backup'])(
    '%j is accepted',
    (parameters) => {
      expect(parseEdgeContainerConfig({ ORIGIN_PARAMETERS: parameters }).replicas.parameters).toBe(parameters);
    },
  );

  test.each(['max_fail=0', 'max_fails=x', 'fail_timeout=5x', 'weight=0', 'max_fails=0;', 'weight=2\nweight=3', 'up'])(
    '%j is rejected',
    (parameters) => {
      expect(() => parseEdgeContainerConfig({ ORIGIN_PARAMETERS: parameters })).toThrow(
        `1 setting is wrong:\n  ORIGIN_PARAMETERS: expected the parameters of a peer in one line, got ${JSON.stringify(parameters)}; for example ORIGIN_PARAMETERS=max_fails=2 fail_timeout=5s`,
      );
    },
  );
});

describe('with SETTINGS_PREFIX, problems name the settings as in .env', () => {
  test.each([
    ['IMAGE_APP_FOLDER', 'shop', '\n  APP_FOLDER: expected "shop", which the image was built with, got "app"'],
    ['ACCESS_LOG', 'maybe', '\n  EDGE_ACCESS_LOG: expected'],
    ['ACCESS_LOG', 'maybe', '; for example EDGE_ACCESS_LOG=false'],
    ['UPLOAD_LIMIT', 'many', '\n  UPLOAD_LIMIT: expected'],
    ['DASHBOARD', 'public', '\n  DASHBOARD: expected'],
    ['SESSION_MAX_BYTES', '1', '\n  SESSION_MAX_BYTES: expected'],
    ['SESSION_IDLE_MINUTES', '0', '; for example SESSION_IDLE_MINUTES=1440'],
  ])('%s=%s: %s', (name, value, expected) => {
    const env = { SETTINGS_PREFIX: 'EDGE_', [name]: value };
    expect(() => parseEdgeContainerConfig(env)).toThrow(expected);
  });
});
