import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

const inProject = (folder: string) => fileURLToPath(new URL(`../${folder}`, import.meta.url));

test('without flags three replicas and the edge run on the embedded database', () => {
  expect(parseOptions([], {})).toEqual({
    app: { folder: inProject('app'), givenBy: 'APP_FOLDER' },
    replicas: 3,
    replicaPort: 5001,
    metricsPort: undefined,
    port: 8080,
    database: { kind: 'sqlite', path: 'data/mooring.sqlite', isDefault: true },
    stopTimeoutMs: 15_000,
    env: {},
  });
});

test('accepts every flag', () => {
  const flags = ['--replicas', '5', '--replica-port', '6000', '--metrics-port', '7000', '--no-edge'];
  expect(parseOptions([...flags, '--database', 'file:x.db'], { DRAIN_TIMEOUT_MS: '0' })).toMatchObject({
    replicas: 5,
    replicaPort: 6000,
    metricsPort: 7000,
    port: undefined,
    database: { kind: 'sqlite', path: 'x.db', isDefault: false },
    stopTimeoutMs: 5000,
  });
});

test.each([
  [[], 'examples/cart', { folder: inProject('examples/cart'), givenBy: 'APP_FOLDER' }],
  [['--app', 'testkit/app'], 'examples/cart', { folder: inProject('testkit/app'), givenBy: '--app' }],
  [['--app', '/srv/shop', '--database', 'file:x.db'], undefined, { folder: '/srv/shop', givenBy: '--app' }],
])('with %j and APP_FOLDER=%s the app is %j', (args, variable, app) => {
  expect(parseOptions(args, { APP_FOLDER: variable })).toMatchObject({ app });
});

test('the database of the flag replaces the one of the environment, whose password it takes', () => {
  const env = {
    DB_HOST: 'elsewhere',
    DB_USER: 'x',
    DB_PASSWORD: 'secret',
    DATABASE_URL_FILE: '/none',
    LOG_LEVEL: 'warn',
  };
  const { database, env: childEnv } = parseOptions(['--database', 'mysql://u@db/d'], env);
  const hosts = [{ host: 'db', port: 3306 }];
  const connection = { hosts, user: 'u', password: 'secret', database: 'd', tls: { mode: 'off' } };
  expect(database).toEqual({ kind: 'mysql', connection });
  expect(childEnv).toEqual({ DATABASE_URL: 'mysql://u:secret@db/d', LOG_LEVEL: 'warn' });
});

test.each([
  [[], { DB_HOST: 'db', DRAIN_TIMEOUT_MS: 'x' }, /^2 settings are wrong:\n {2}DRAIN_TIMEOUT_MS: .*\n {2}DB_USER: /],
  [
    ['--database', 'postgres://u:secret@h/d'],
    { DRAIN_TIMEOUT_MS: 'x' },
    /^2 settings are wrong:\n {2}--database: expected mysql:\/\/user@host.*, got "postgres:\/\/u:\*\*\*@h\/d"; .*\n {2}DRAIN_TIMEOUT_MS: /,
  ],
  [['--database', 'mysql://u@h/d'], { DB_PASSWORD_FILE: '/none' }, /^1 setting is wrong:\n {2}DB_PASSWORD_FILE: /],
  [['--metrics-port', '8077'], {}, /^--metrics-port: 8080 is the edge's\n/],
  [['--port', '5002'], {}, /^--port: 5002 is a replica's \(5001 to 5003\)\n\nUsage: npm start -- /],
])('%j with %j is rejected', (args, env, message) => {
  expect(() => parseOptions(args, env)).toThrow(message);
});
