import { z } from 'zod';
import { describeProblem, readSettings, setting, wholeNumber } from '../app/lib/settings.ts';
import {
  DATABASE_URL_EXAMPLE,
  DATABASE_URL_EXPECTED,
  DatabaseUrlError,
  fileUrl,
  type MysqlParts,
  maskUrl,
  mysqlUrl,
  type ParsedDatabaseUrl,
  parseDatabaseUrl,
} from './database-url.ts';
import { readSettingsFromFiles } from './settings-from-files.ts';

export type DatabaseConfig =
  | { kind: 'mysql'; connection: MysqlParts }
  | { kind: 'sqlite'; path: string; isDefault: boolean };

const EMBEDDED_DATABASE_PATH = 'data/mooring.sqlite';

/** The database that is used when none is configured. */
export const EMBEDDED_DATABASE_URL = fileUrl(EMBEDDED_DATABASE_PATH);

const text = z.string().min(1);

export const databaseSettings = {
  DATABASE_URL: setting<string | undefined>({
    about: 'The database: a MySQL or MariaDB, or a SQLite file shared by the replicas of one machine.',
    expected: DATABASE_URL_EXPECTED,
    example: DATABASE_URL_EXAMPLE,
    default: undefined,
    defaultText: `the DB_… settings, else \`${EMBEDDED_DATABASE_URL}\``,
    // No check here: `parseUrl` explains in detail what is wrong with the value.
    schema: z.string(),
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
 * Finds the database in the environment. Adds a line to `problems` for each invalid setting. Each setting can also come from
 * a file: `DB_PASSWORD_FILE=/run/secrets/db_password` (Docker secrets).
 *
 * @param readFile reads a file as text, throwing when it cannot
 * @param urlName the name under which the user gave `DATABASE_URL`
 */
export function readDatabaseConfig(
  env: Record<string, string | undefined>,
  readFile: (path: string) => string,
  problems: string[],
  urlName = 'DATABASE_URL',
): DatabaseConfig {
  const withFiles = readSettingsFromFiles(Object.keys(databaseSettings), env, readFile, problems);
  const values = readSettings(databaseSettings, withFiles, problems);
  const { DATABASE_URL: url, DB_HOST: host, DB_USER: user } = values;
  const given = (name: string) => withFiles[name] !== undefined && withFiles[name] !== '';
  const givenPart = Object.keys(databaseSettings).find((name) => name.startsWith('DB_') && given(name));

  const parsed = url === undefined ? undefined : parseUrl(url, urlName, problems);
  if (given('DATABASE_URL') && givenPart) {
    problems.push(describeProblem(givenPart, 'no DB_… setting beside DATABASE_URL', 'both', 'remove one of the two'));
  }
  if (parsed?.kind === 'sqlite') return { ...parsed, isDefault: false };
  if (parsed) return parsed;
  if (!givenPart) return { kind: 'sqlite', path: EMBEDDED_DATABASE_PATH, isDefault: true };

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

function parseUrl(url: string, name: string, problems: string[]): ParsedDatabaseUrl | undefined {
  try {
    return parseDatabaseUrl(url);
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error;
    // Everyone on a machine can read command lines, so a flag's message does not suggest a password in the URL.
    const shown = (text: string) => (name.startsWith('--') ? text.replaceAll(':password@', '@') : text);
    problems.push(describeProblem(name, shown(error.expected), error.got, shown(error.fix)));
    return undefined;
  }
}

/** Returns the database's URL without its password. */
export function describeDatabase(config: DatabaseConfig): string {
  if (config.kind === 'sqlite') return fileUrl(config.path);
  return mysqlUrl({ ...config.connection, password: '' });
}
