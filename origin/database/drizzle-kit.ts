import { type StdioOptions, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SettingsError } from '../../app/lib/settings.ts';
import { type DatabaseConfig, readDatabaseConfig } from '../../cli/database-config.ts';
import type { DatabaseHost } from '../../cli/database-hosts.ts';
import { fileUrl } from '../../cli/database-url.ts';
import { MIGRATIONS_TABLE } from './migrations.ts';
import { toSsl } from './mysql-ssl.ts';

/** Drizzle Kit runs in the project's folder, where its configuration is. */
const PROJECT = process.cwd();
const SQLITE_CONFIG = 'drizzle/sqlite.config.ts';

/**
 * Returns Drizzle Kit's database configuration from the same settings as a replica's: `DATABASE_URL`, the `DB_…` settings and
 * their files. Drizzle Kit also reads `.env` itself. Ends the process with exit code 2 when a setting is invalid.
 *
 * @param isConnecting whether the command connects to a database; if not, the configuration is for MySQL's files
 */
export function readKitDatabase(env: NodeJS.ProcessEnv, isConnecting: boolean) {
  const migrations = { table: MIGRATIONS_TABLE };
  if (!isConnecting) return { ...filesOf('mysql'), migrations };
  const database = readOrExit(env);
  if (database.kind === 'sqlite') {
    return { ...filesOf('sqlite'), migrations, dbCredentials: { url: fileUrl(database.path) } };
  }
  const { hosts, password, tls, user, database: name } = database.connection;
  const [only, ...others] = hosts as [DatabaseHost, ...DatabaseHost[]];
  const { host, port } = others.length === 0 ? only : findWritableHost(env);
  const ssl = toSsl(tls);
  // Drizzle Kit rejects an empty password, so leave it out.
  const login = { host, port, user, database: name, ...(password !== '' && { password }), ...(ssl && { ssl }) };
  return { ...filesOf('mysql'), migrations, dbCredentials: login };
}

/** Drizzle Kit connects to one host. Ends the process when none accepts writes. */
function findWritableHost(env: NodeJS.ProcessEnv): DatabaseHost {
  return JSON.parse(runOrExit('node', [join(PROJECT, 'origin/database/writable-host-main.ts')], env, 'pipe'));
}

function readOrExit(env: NodeJS.ProcessEnv): DatabaseConfig {
  try {
    return readDatabaseConfig(env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`drizzle-kit: ${error.problems.join('\n')}\n`);
    process.exit(2);
  }
}

function filesOf<D extends 'mysql' | 'sqlite'>(dialect: D) {
  return { dialect, schema: `./drizzle/${dialect}-schema.ts`, out: `./drizzle/${dialect}` };
}

/**
 * Migrates as a replica does, with a lock that lets in one process at a time. Drizzle Kit takes no lock; it then finds
 * nothing left to do. Ends the process when the migration fails.
 */
export function migrateDatabase(env: NodeJS.ProcessEnv): void {
  runOrExit('node', [join(PROJECT, 'origin/main.ts'), '--migrate-only'], { LOG_LEVEL: 'warn', ...env });
}

/**
 * Creates a SQLite file that does not exist, with its folder and its tables, as a replica does: Drizzle Kit cannot open a
 * file in a missing folder. Ends the process when that fails.
 */
export function createMissingFile(env: NodeJS.ProcessEnv): void {
  const database = readOrExit(env);
  if (database.kind === 'sqlite' && !existsSync(database.path)) migrateDatabase(env);
}

/** Repeats the Drizzle Kit command for SQLite's files. Ends the process when that fails. */
export function repeatForSqlite(env: NodeJS.ProcessEnv): void {
  const [node, kit = '', ...args] = process.argv;
  const isOfConfig = (index: number) => args[index]?.startsWith('--config') || args[index - 1] === '--config';
  const others = args.filter((_, index) => !isOfConfig(index));
  runOrExit(node ?? 'node', [kit, ...others, `--config=${SQLITE_CONFIG}`], env);
}

/** @returns what the program printed, with `pipe` */
function runOrExit(program: string, args: string[], env: NodeJS.ProcessEnv, output: 'inherit' | 'pipe' = 'inherit') {
  // Puts the project's own Node first on the PATH: the machine's may be too old to run TypeScript.
  const PATH = [join(PROJECT, 'node_modules/.bin'), env.PATH ?? ''].join(delimiter);
  const stdio: StdioOptions = ['inherit', output, 'inherit'];
  const { status, stdout } = spawnSync(program, args, { cwd: PROJECT, env: { ...env, PATH }, stdio });
  if (status !== 0) process.exit(status ?? 1);
  return `${stdout}`;
}
