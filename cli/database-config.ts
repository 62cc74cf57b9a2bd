import { z } from 'zod';
import {
  addProblem,
  type GivenSettings,
  parsedSettings,
  type SettingsValues,
  setting,
  settingsObject,
} from '../app/lib/settings.ts';
import { anyText, oneOf, port, type TextFormat, textWhere } from '../app/lib/text-format.ts';
import { addTextProblem } from '../app/lib/text-problem.ts';
import { type DatabaseHost, parseHosts } from './database-hosts.ts';
import { type DatabaseTls, parseCertificates, TLS_MODES, unverifiableHost } from './database-tls.ts';
import { fileUrl, type ParsedDatabaseUrl } from './database-url.ts';
import { databaseUrl } from './database-url-format.ts';
import { DATABASE_URL_EXAMPLE, type MysqlConfig, maskUrl, mysqlUrl, USE_A_NAME } from './mysql-url.ts';
import { readText, withSettingsFromFiles } from './settings-from-files.ts';

export type DatabaseConfig =
  | { kind: 'mysql'; connection: MysqlConfig }
  | { kind: 'sqlite'; path: string; isDefault: boolean };

const EMBEDDED_DATABASE_PATH = 'data/mooring.sqlite';

/** The database that is used when none is configured. */
export const EMBEDDED_DATABASE_URL = fileUrl(EMBEDDED_DATABASE_PATH);

export const databaseSettings = {
  DATABASE_URL: setting(databaseUrl(), {
    about:
      'The database: MySQL, MariaDB, or a SQLite file shared by the replicas of one machine. Several hosts, as in `mysql://…@a,b,c/mooring`: the one that accepts writes is used, see docs/database-failover.md.',
    example: DATABASE_URL_EXAMPLE,
    // The format's own messages contain no secret. This is for any other message.
    mask: maskUrl,
    defaultText: `the DB_… settings, else \`${EMBEDDED_DATABASE_URL}\``,
  }),
  DB_HOST: setting(
    textWhere('a host name or an IP address, or several separated by commas', (text) => parseHosts(text) !== undefined),
    {
      about:
        'Host of the MySQL server, instead of `DATABASE_URL`; or several, and the one that accepts writes is used: `a,b:3307,c`.',
      example: '127.0.0.1',
    },
  ),
  DB_PORT: setting(port(), {
    about: 'Port of the MySQL server, for hosts without one.',
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
  DB_TLS: setting(oneOf(TLS_MODES), {
    about:
      'Encryption of connections to the MySQL server: none (`off`), with any certificate (`required`), or with one for its host name (`verify`). See docs/database-tls.md.',
    example: 'verify',
    defaultText: '`off`; `verify` with `DB_TLS_CA`',
  }),
  DB_TLS_CA: setting(certificates(), {
    about:
      "Certificates of the CAs that sign the server's, in PEM format, for `DB_TLS=verify`; usually from a file, `DB_TLS_CA_FILE`.",
    example: '…',
    defaultText: 'the public CAs',
    mask: () => '…',
  }),
};

function certificates(): TextFormat<string> {
  const schema = z.string().transform((text, ctx) => {
    const parsed = parseCertificates(text);
    if (parsed !== undefined) return parsed;
    addTextProblem(ctx, { got: 'a text without one', fix: 'for example DB_TLS_CA_FILE=/run/secrets/mysql-ca.pem' });
    return z.NEVER;
  });
  return { expected: 'certificates in PEM format', schema };
}

/** The settings of the database. Each can also come from a file. */
export const DATABASE_SETTING_NAMES = Object.keys(databaseSettings);

type DatabaseValues = SettingsValues<typeof databaseSettings>;

/**
 * Returns the rules that `DATABASE_URL` stands alone, that `DB_…` settings come with a host and a user, and that the settings
 * of TLS do not contradict each other.
 */
export function databaseRules(given: GivenSettings): (values: DatabaseValues, ctx: z.RefinementCtx) => void {
  const isGiven = (name: string) => given[name] !== undefined && given[name] !== '';
  const part = DATABASE_SETTING_NAMES.find((name) => name.startsWith('DB_') && isGiven(name));
  return (values, ctx) => {
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
    tlsRule(values, ctx);
  };
}

function tlsRule(values: DatabaseValues, ctx: z.RefinementCtx): void {
  const { DB_TLS: mode, DB_TLS_CA: ca, DB_HOST: hosts = '' } = values;
  if (ca !== undefined && mode !== undefined && mode !== 'verify') {
    const fix = 'only verify uses the certificates: set DB_TLS=verify, or remove DB_TLS_CA and DB_TLS_CA_FILE';
    addProblem(ctx, 'DB_TLS', 'verify beside DB_TLS_CA', JSON.stringify(mode), fix);
  }
  const ip = unverifiableHost(toTls(values), parseHosts(hosts) ?? []);
  if (ip !== undefined) addProblem(ctx, 'DB_HOST', 'a host name beside DB_TLS=verify', JSON.stringify(ip), USE_A_NAME);
}

function toTls({ DB_TLS: mode, DB_TLS_CA: ca }: Pick<DatabaseValues, 'DB_TLS' | 'DB_TLS_CA'>): DatabaseTls {
  return mode === 'verify' || ca !== undefined ? { mode: 'verify', ca } : { mode: mode ?? 'off' };
}

/** Combines settings that keep the rules into one value. */
export function toDatabaseConfig(values: DatabaseValues): DatabaseConfig {
  const { DB_HOST: list, DB_PORT: port, DB_USER: user, DB_PASSWORD: password, DB_NAME: database } = values;
  if (list === undefined || user === undefined) return databaseOfUrl(values.DATABASE_URL);
  const hosts = parseHosts(list, port) as DatabaseHost[];
  return { kind: 'mysql', connection: { hosts, user, password, database, tls: toTls(values) } };
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
