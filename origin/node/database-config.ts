import { z } from 'zod';
import { describeProblem, readSettings, setting, wholeNumber } from '../settings.ts';
import { readSettingsFromFiles } from './settings-from-files.ts';

/** Which database keeps the visits, and how to reach it. */
export type DatabaseConfig =
  | { kind: 'mysql'; connection: { uri: string } | MysqlParts }
  | { kind: 'sqlite'; url: string; isDefault: boolean };

interface MysqlParts {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

/** Where visits go when no database is configured. */
export const EMBEDDED_DATABASE_URL = 'file:data/mooring.sqlite';

const DATABASE_URL_EXAMPLE = 'mysql://user:password@127.0.0.1:3306/mooring';

/** A URL without its password; nothing at all of a value that is not a URL, since the password may be anywhere in it. */
export function maskUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url?.host) return '***';
  if (url.password !== '') url.password = '***';
  url.search = '';
  return url.href;
}

function isDatabaseUrl(value: string): boolean {
  if (value.startsWith('file:')) return value.length > 'file:'.length;
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, pathname } = new URL(value);
  return protocol === 'mysql:' && hostname !== '' && username !== '' && /^\/[^/]+$/.test(pathname);
}

const text = z.string().min(1);

export const databaseSettings = {
  DATABASE_URL: setting<string | undefined>({
    about: 'The database: a MySQL or MariaDB, or a SQLite file shared by the replicas of one machine.',
    expected: 'mysql://user:password@host:port/database or file:path',
    example: DATABASE_URL_EXAMPLE,
    default: undefined,
    defaultText: `the DB_… settings, else \`${EMBEDDED_DATABASE_URL}\``,
    schema: z.string().refine(isDatabaseUrl),
    mask: maskUrl,
  }),
  DB_HOST: setting<string | undefined>({
    about: 'Host of the MySQL, where it is not given as one `DATABASE_URL`.',
    expected: 'a host name or an IP address',
    example: '127.0.0.1',
    default: undefined,
    schema: z.string().regex(/^[\w.:-]+$/),
  }),
  DB_PORT: setting({
    about: 'Port of the MySQL.',
    expected: 'a port from 1 to 65535',
    example: '3306',
    default: 3306,
    schema: wholeNumber(1, 65535),
  }),
  DB_USER: setting<string | undefined>({
    about: 'User of the MySQL; needed with `DB_HOST`.',
    expected: 'a user name',
    example: 'mooring',
    default: undefined,
    schema: text,
  }),
  DB_PASSWORD: setting({
    about: 'Password of that user.',
    expected: 'a password',
    example: '…',
    default: '',
    defaultText: 'empty',
    schema: text,
    mask: () => '***',
  }),
  DB_NAME: setting({
    about: 'Database on the MySQL.',
    expected: 'the name of a database',
    example: 'mooring',
    default: 'mooring',
    schema: text,
  }),
};

/**
 * Finds the database in the environment, adding a line to `problems` for each wrong setting. Each of them can also come
 * from a file: `DB_PASSWORD_FILE=/run/secrets/db_password` (Docker secrets).
 *
 * @param readFile reads a file as text, throwing when it cannot
 */
export function readDatabaseConfig(
  env: Record<string, string | undefined>,
  readFile: (path: string) => string,
  problems: string[],
): DatabaseConfig {
  const withFiles = readSettingsFromFiles(Object.keys(databaseSettings), env, readFile, problems);
  const values = readSettings(databaseSettings, withFiles, problems);
  const { DATABASE_URL: url, DB_HOST: host, DB_USER: user } = values;
  const given = (name: string) => withFiles[name] !== undefined && withFiles[name] !== '';
  const givenPart = Object.keys(databaseSettings).find((name) => name.startsWith('DB_') && given(name));

  if (given('DATABASE_URL') && givenPart) {
    problems.push(describeProblem(givenPart, 'no DB_… setting beside DATABASE_URL', 'both', 'remove one of the two'));
  }
  if (url?.startsWith('file:')) return { kind: 'sqlite', url, isDefault: false };
  if (url !== undefined) return { kind: 'mysql', connection: { uri: url } };
  if (!givenPart) return { kind: 'sqlite', url: EMBEDDED_DATABASE_URL, isDefault: true };

  for (const name of ['DB_HOST', 'DB_USER'] as const) {
    if (given(name) || given('DATABASE_URL')) continue;
    const { expected, example } = databaseSettings[name];
    problems.push(
      describeProblem(name, `${expected} beside ${givenPart}`, 'nothing', `for example ${name}=${example}`),
    );
  }
  return {
    kind: 'mysql',
    connection: {
      host: host ?? '',
      port: values.DB_PORT,
      user: user ?? '',
      password: values.DB_PASSWORD,
      database: values.DB_NAME,
    },
  };
}

/** A database in words, its password left out. */
export function describeDatabase(config: DatabaseConfig): string {
  if (config.kind === 'sqlite') return config.url;
  const { connection } = config;
  if ('uri' in connection) return maskUrl(connection.uri);
  return `mysql://${connection.user}@${connection.host}:${connection.port}/${connection.database}`;
}
