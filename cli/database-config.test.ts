import { describe, expect, test } from 'vitest';
import { parsedSettings, SettingsError, settingsObject } from '../app/lib/settings.ts';
import { textWhere } from '../app/lib/text-format.ts';
import { TEST_CERTIFICATE } from '../testkit/tls/certificate.ts';
import { type DatabaseConfig, databaseSettings, describeDatabase, readDatabaseConfig } from './database-config.ts';

const SECRET = 'hunter2';
const MYSQL_URL = `mysql://mooring:${SECRET}@db:3306/mooring`;

/** A container's secrets as files. */
const files: Record<string, string> = {
  '/run/secrets/url': `${MYSQL_URL}\n`,
  '/run/secrets/password': `${SECRET}\n`,
  '/run/secrets/padded': ` ${SECRET} \r\n`,
  '/run/secrets/empty': '',
  '/run/secrets/ca': TEST_CERTIFICATE,
  '/run/secrets/broken-ca': `${TEST_CERTIFICATE}-----BEGIN CERTIFICATE-----\n${SECRET}\n-----END CERTIFICATE-----`,
};

function readFile(path: string): string {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
  return text;
}

function read(env: Record<string, string | undefined>): DatabaseConfig {
  return readDatabaseConfig(env, readFile);
}

function problemsOf(parse: () => unknown): readonly string[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const HOSTS = [{ host: 'db', port: 3306 }];
const OFF = { mode: 'off' } as const;
const URL_PARTS = { hosts: HOSTS, user: 'mooring', password: SECRET, database: 'mooring', tls: OFF };
const PARTS = { hosts: HOSTS, user: 'mooring', password: '', database: 'mooring', tls: OFF };

describe('the database', () => {
  test.each([
    ['embedded by default', {}, { kind: 'sqlite', path: 'data/mooring.sqlite', isDefault: true }],
    ['a file', { DATABASE_URL: 'file:x.db' }, { kind: 'sqlite', path: 'x.db', isDefault: false }],
    ['a URL', { DATABASE_URL: MYSQL_URL }, { kind: 'mysql', connection: URL_PARTS }],
    ['a URL in a file', { DATABASE_URL_FILE: '/run/secrets/url' }, { kind: 'mysql', connection: URL_PARTS }],
    ['parts', { DB_HOST: 'db', DB_USER: 'mooring' }, { kind: 'mysql', connection: PARTS }],
    [
      'all parts',
      { DB_HOST: '::1', DB_PORT: '3307', DB_USER: 'u', DB_PASSWORD: SECRET, DB_NAME: 'd' },
      {
        kind: 'mysql',
        connection: { hosts: [{ host: '::1', port: 3307 }], user: 'u', password: SECRET, database: 'd', tls: OFF },
      },
    ],
    [
      'parts with the password in a file, but for the end of its line',
      { DB_HOST: 'db', DB_USER: 'mooring', DB_PASSWORD_FILE: '/run/secrets/padded' },
      { kind: 'mysql', connection: { ...PARTS, password: ` ${SECRET} ` } },
    ],
    [
      'several hosts, with the port of those without one',
      { DB_HOST: 'a,b:3308,::1', DB_PORT: '3307', DB_USER: 'mooring' },
      {
        kind: 'mysql',
        connection: {
          ...PARTS,
          hosts: [
            { host: 'a', port: 3307 },
            { host: 'b', port: 3308 },
            { host: '::1', port: 3307 },
          ],
        },
      },
    ],
    [
      'with TLS',
      { DB_HOST: 'db', DB_USER: 'mooring', DB_TLS: 'required' },
      { kind: 'mysql', connection: { ...PARTS, tls: { mode: 'required' } } },
    ],
    [
      'with TLS and public CAs',
      { DB_HOST: 'db', DB_USER: 'mooring', DB_TLS: 'verify' },
      { kind: 'mysql', connection: { ...PARTS, tls: { mode: 'verify', ca: undefined } } },
    ],
    [
      'with TLS and a CA of its own',
      { DB_HOST: 'db', DB_USER: 'mooring', DB_TLS_CA_FILE: '/run/secrets/ca' },
      { kind: 'mysql', connection: { ...PARTS, tls: { mode: 'verify', ca: TEST_CERTIFICATE.trim() } } },
    ],
    [
      'a URL beside empty parts',
      { DATABASE_URL: MYSQL_URL, DB_HOST: '', DB_PASSWORD: '', DB_USER_FILE: '' },
      { kind: 'mysql', connection: URL_PARTS },
    ],
    [
      'parts beside an empty URL',
      { DATABASE_URL: '', DATABASE_URL_FILE: '', DB_HOST: 'db', DB_USER: 'mooring' },
      { kind: 'mysql', connection: PARTS },
    ],
  ])('is %s', (_what, env, config) => {
    expect(read(env as Record<string, string>)).toEqual(config);
  });
});

describe('an invalid setting is reported without any secret', () => {
  test.each([
    ['no scheme', { DATABASE_URL: SECRET }, /^DATABASE_URL: .* got "\*\*\*"/],
    ['an unparsable URL', { DATABASE_URL: `mysql://u:${SECRET}@h:port/d` }, /^DATABASE_URL: .* got "\*\*\*"/],
    ['another scheme', { DATABASE_URL: `postgres://u:${SECRET}@h/d` }, /got "postgres:\/\/u:\*\*\*@h\/d"/],
    ['no user', { DATABASE_URL: 'mysql://h/d' }, /^DATABASE_URL: .* got "mysql:\/\/h\/d"/],
    ['no database', { DATABASE_URL: `mysql://u:${SECRET}@h/` }, /got "mysql:\/\/u:\*\*\*@h\/"/],
    ['two databases', { DATABASE_URL: `mysql://u:${SECRET}@h/d/e` }, /got "mysql:\/\/u:\*\*\*@h\/d\/e"/],
    ['a secret in the query', { DATABASE_URL: `mysql://u@h/?password=${SECRET}` }, /got "mysql:\/\/u@h\/"/],
    ['an empty file name', { DATABASE_URL: 'file:' }, /^DATABASE_URL: /],
    [
      'a parameter',
      { DATABASE_URL: `${MYSQL_URL}?debug=${SECRET}` },
      /^DATABASE_URL: .* got the parameter "debug"; remove it$/,
    ],
    [
      'a TLS option',
      { DATABASE_URL: `${MYSQL_URL}?ssl=${SECRET}` },
      /^DATABASE_URL: expected ssl-mode=.* got the parameter "ssl"/,
    ],
    [
      'TLS beside a URL',
      { DATABASE_URL: MYSQL_URL, DB_TLS: 'verify' },
      /^DB_TLS: expected no DB_… setting beside DATABASE_URL/,
    ],
    [
      'another TLS',
      { DB_HOST: 'db', DB_USER: 'u', DB_TLS: 'on' },
      /^DB_TLS: expected one of off, required, verify, got "on"/,
    ],
    [
      'a CA that nothing uses',
      { DB_HOST: 'db', DB_USER: 'u', DB_TLS: 'required', DB_TLS_CA_FILE: '/run/secrets/ca' },
      /^DB_TLS: expected verify beside DB_TLS_CA, got "required"; only verify uses/,
    ],
    [
      'a CA without a certificate',
      { DB_HOST: 'db', DB_USER: 'u', DB_TLS_CA_FILE: '/run/secrets/broken-ca' },
      /^DB_TLS_CA: expected certificates in PEM format, got a text without one; for example DB_TLS_CA_FILE=/,
    ],
    [
      'an IP address whose certificate cannot be verified',
      { DB_HOST: 'db,10.0.0.5', DB_USER: 'u', DB_TLS: 'verify' },
      /^DB_HOST: expected a host name beside DB_TLS=verify, got "10.0.0.5"; write a name/,
    ],
    ['a host twice', { DB_HOST: 'db,db:3306', DB_USER: 'u' }, /^DB_HOST: .* got "db,db:3306"/],
    ['a host with a path', { DB_HOST: 'db/x', DB_USER: 'u' }, /^DB_HOST: .* got "db\/x"/],
    ['a wrong port', { DB_HOST: 'db', DB_USER: 'u', DB_PORT: '0' }, /^DB_PORT: expected a port .* got "0"/],
    ['no user beside a host', { DB_HOST: 'db' }, /^DB_USER: expected a user name beside DB_HOST, got nothing/],
    ['no host beside a user', { DB_USER: 'u' }, /^DB_HOST: expected a host name .* beside DB_USER, got nothing/],
    [
      'a URL and a part',
      { DATABASE_URL: MYSQL_URL, DB_PASSWORD: SECRET },
      /^DB_PASSWORD: expected no DB_… setting beside DATABASE_URL, got both; remove one of the two$/,
    ],
    [
      'a wrong URL and a part',
      { DATABASE_URL: SECRET, DB_PASSWORD: SECRET },
      /^DATABASE_URL: .* got "\*\*\*".*\nDB_PASSWORD: expected no DB_… setting beside DATABASE_URL/,
    ],
    [
      'a value and its file',
      { DATABASE_URL: MYSQL_URL, DATABASE_URL_FILE: '/run/secrets/url' },
      /^DATABASE_URL_FILE: expected either DATABASE_URL or DATABASE_URL_FILE, got both; remove one of the two$/,
    ],
    [
      'a file that is missing',
      { DATABASE_URL_FILE: '/run/secrets/none' },
      /^DATABASE_URL_FILE: expected a file that can be read, got "\/run\/secrets\/none" \(ENOENT\); check path and rights$/,
    ],
  ])('%s', (_what, env, problem) => {
    const problems = problemsOf(() => read(env as Record<string, string>));
    expect(problems.join('\n')).toMatch(problem);
    expect(problems.join()).not.toContain(SECRET);
  });
});

test('DATABASE_URL is masked even if its format does not describe the problem', () => {
  const format = textWhere('another URL', () => false);
  const schema = settingsObject({ DATABASE_URL: { ...databaseSettings.DATABASE_URL, ...format } });
  const [problem] = problemsOf(() => parsedSettings(schema.safeParse({ DATABASE_URL: MYSQL_URL })));
  expect(problem).toContain('DATABASE_URL: expected another URL, got "mysql://mooring:***@db:3306/mooring"; ');
});

test.each([
  [{ DATABASE_URL: MYSQL_URL }, 'mysql://mooring@db:3306/mooring'],
  [{ DB_HOST: '::1', DB_USER: 'u' }, 'mysql://u@[::1]:3306/mooring'],
  [{ DB_HOST: 'a,b:3307', DB_USER: 'u' }, 'mysql://u@a:3306,b:3307/mooring'],
  [{ DATABASE_URL: 'file:x.db' }, 'file:x.db'],
  [{ DB_HOST: 'db', DB_USER: 'u', DB_PASSWORD: SECRET }, 'mysql://u@db:3306/mooring'],
])('%j is described as %s', (env, description) => {
  expect(describeDatabase(read(env as Record<string, string>))).toBe(description);
});
