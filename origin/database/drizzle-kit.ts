import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type DatabaseConfig, readDatabaseConfig } from '../../cli/database-config.ts';
import { fileUrl } from '../../cli/database-url.ts';
import { MIGRATIONS_TABLE } from './migrations.ts';

/** Drizzle Kit is run from the project's folder, where its configuration is. */
const PROJECT = process.cwd();
const SQLITE_CONFIG = 'drizzle/sqlite.config.ts';

/**
 * Finds the database for Drizzle Kit where a replica finds it: in `DATABASE_URL`, the `DB_…` settings and their files, and in
 * `.env`, which Drizzle Kit reads itself. Ends the process with exit code 2 when a setting is wrong.
 *
 * @param isConnecting without a connection to a database MySQL's files are meant
 */
export function readKitDatabase(env: NodeJS.ProcessEnv, isConnecting: boolean) {
  const migrations = { table: MIGRATIONS_TABLE };
  if (!isConnecting) return { ...filesOf('mysql'), migrations };
  const database = readOrExit(env);
  if (database.kind === 'sqlite') {
    return { ...filesOf('sqlite'), migrations, dbCredentials: { url: fileUrl(database.path) } };
  }
  const { password, ...login } = database.connection;
  // Drizzle Kit takes no empty password, only none.
  return { ...filesOf('mysql'), migrations, dbCredentials: { ...login, ...(password !== '' && { password }) } };
}

function readOrExit(env: NodeJS.ProcessEnv): DatabaseConfig {
  const problems: string[] = [];
  const database = readDatabaseConfig(env, (path) => readFileSync(path, 'utf8'), problems);
  if (problems.length === 0) return database;
  process.stderr.write(`drizzle-kit: ${problems.join('\n')}\n`);
  process.exit(2);
}

function filesOf<D extends 'mysql' | 'sqlite'>(dialect: D) {
  return { dialect, schema: `./drizzle/${dialect}-schema.ts`, out: `./drizzle/${dialect}` };
}

/**
 * Migrates as a replica does, one process at a time. Drizzle Kit, which takes no lock, then finds nothing left to do. Ends the
 * process when that fails.
 */
export function migrateDatabase(env: NodeJS.ProcessEnv): void {
  runOrExit('node', [join(PROJECT, 'origin/main.ts'), '--migrate-only'], { LOG_LEVEL: 'warn', ...env });
}

/**
 * Creates a SQLite file that does not exist yet, with its folder and its tables, as a replica does. Drizzle Kit opens no file in
 * a folder that is missing. Ends the process when that fails.
 */
export function createMissingFile(env: NodeJS.ProcessEnv): void {
  const database = readOrExit(env);
  if (database.kind === 'sqlite' && !existsSync(database.path)) migrateDatabase(env);
}

/** Runs the same command of Drizzle Kit for SQLite's files. Ends the process when that fails. */
export function repeatForSqlite(env: NodeJS.ProcessEnv): void {
  const [node, kit = '', ...args] = process.argv;
  const isOfConfig = (index: number) => args[index]?.startsWith('--config') || args[index - 1] === '--config';
  const others = args.filter((_, index) => !isOfConfig(index));
  runOrExit(node ?? 'node', [kit, ...others, `--config=${SQLITE_CONFIG}`], env);
}

function runOrExit(program: string, args: string[], env: NodeJS.ProcessEnv): void {
  // The project's Node is first on the PATH: the machine's own may be too old for its TypeScript.
  const PATH = [join(PROJECT, 'node_modules/.bin'), env.PATH ?? ''].join(delimiter);
  const { status } = spawnSync(program, args, { cwd: PROJECT, env: { ...env, PATH }, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
