import type { z } from 'zod';
import {
  addProblem,
  type GivenSettings,
  parsedSettings,
  type SettingsValues,
  setting,
  settingsObject,
} from '../app/lib/settings.ts';
import { anyText, port, textWhere } from '../app/lib/text-format.ts';
import {
  DATABASE_URL_EXAMPLE,
  fileUrl,
  type MysqlParts,
  maskUrl,
  mysqlUrl,
  type ParsedDatabaseUrl,
} from './database-url.ts';
import { databaseUrl } from './database-url-format.ts';
import { readText, withSettingsFromFiles } from './settings-from-files.ts';

export type DatabaseConfig =
  | { kind: 'mysql'; connection: MysqlParts }
  | { kind: 'sqlite'; path: string; isDefault: boolean };

const EMBEDDED_DATABASE_PATH = 'data/mooring.sqlite';

/** The database that is used when none is configured. */
export const EMBEDDED_DATABASE_URL = fileUrl(EMBEDDED_DATABASE_PATH);

export const databaseSettings = {
  DATABASE_URL: setting(databaseUrl(), {
    about: 'The database: MySQL, MariaDB, or a SQLite file shared by the replicas of one machine.',
    example: DATABASE_URL_EXAMPLE,
    // The format's own messages contain no secret. This is for any other message.
    mask: maskUrl,
    defaultText: `the DB_… settings, else \`${EMBEDDED_DATABASE_URL}\``,
  }),
  DB_HOST: setting(
    textWhere('a host name or an IP address', (text) => /^[\w.:-]+$/.test(text)),
    {
      about: 'Host of the MySQL server, instead of `DATABASE_URL`.',
      example: '127.0.0.1',
    },
  ),
  DB_PORT: setting(port(), {
    about: 'Port of the MySQL server.',
    example: '3306',
    default: 3306,
  }),
  DB_USER: setting(anyText('a user name'), {
    about: 'User on the MySQL server; required with `DB_HOST`.',
    example: 'mooring',
  }),
  DB_PASSWORD: setting(anyText('a password'), {
    about: 'Password of that user.',
    example: '…',
    default: '',
    defaultText: 'empty',
    mask: () => '***',
  }),
  DB_NAME: setting(anyText('the name of a database'), {
    about: 'Database on the MySQL server.',
    example: 'mooring',
    default: 'mooring',
  }),
};

/** The settings of the database. Each can also come from a file. */
export const DATABASE_SETTING_NAMES = Object.keys(databaseSettings);

/** Returns the rules that `DATABASE_URL` stands alone, and that `DB_…` settings come with a host and a user. */
export function databaseRules(given: GivenSettings): (values: unknown, ctx: z.RefinementCtx) => void {
  const isGiven = (name: string) => given[name] !== undefined && given[name] !== '';
  const part = DATABASE_SETTING_NAMES.find((name) => name.startsWith('DB_') && isGiven(name));
  return (_values, ctx) => {
    if (part === undefined) return;
    if (isGiven('DATABASE_URL')) {
      addProblem(ctx, part, 'no DB_… setting beside DATABASE_URL', 'both', 'remove one of the two');
      return;
    }
    for (const name of ['DB_HOST', 'DB_USER'] as const) {
      if (isGiven(name)) continue;
      const { expected, example } = databaseSettings[name];
      addProblem(ctx, name, `${expected} beside ${part}`, 'nothing', `for example ${name}=${example}`);
    }
  };
}

/** Combines settings that keep the rules into one value. */
export function toDatabaseConfig(values: SettingsValues<typeof databaseSettings>): DatabaseConfig {
  const { DB_HOST: host, DB_PORT: port, DB_USER: user, DB_PASSWORD: password, DB_NAME: database } = values;
  if (host === undefined || user === undefined) return databaseOfUrl(values.DATABASE_URL);
  return { kind: 'mysql', connection: { host, port, user, password, database } };
}

/** Returns the embedded database for no URL. */
export function databaseOfUrl(url: ParsedDatabaseUrl | undefined): DatabaseConfig {
  if (url === undefined) return { kind: 'sqlite', path: EMBEDDED_DATABASE_PATH, isDefault: true };
  return url.kind === 'sqlite' ? { ...url, isDefault: false } : url;
}

/**
 * Finds the database in the environment or in files: `DB_PASSWORD_FILE=/run/secrets/db_password` (Docker secrets).
 *
 * @param readFile reads a file as text, throwing when it cannot
 * @throws {SettingsError} describing every invalid setting
 */
export function readDatabaseConfig(
  env: Record<string, string | undefined>,
  readFile: (path: string) => string = readText,
): DatabaseConfig {
  const given = withSettingsFromFiles(DATABASE_SETTING_NAMES, env, readFile);
  const schema = settingsObject(databaseSettings).superRefine(databaseRules(given));
  return toDatabaseConfig(parsedSettings(schema.safeParse(given)));
}

/** Returns the database's URL without its password. */
export function describeDatabase(config: DatabaseConfig): string {
  if (config.kind === 'sqlite') return fileUrl(config.path);
  return mysqlUrl({ ...config.connection, password: '' });
}
