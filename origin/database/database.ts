import { fileURLToPath } from 'node:url';
import { explainDatabaseError } from '../../app/lib/explain-database-error.ts';
import type { Log } from '../../app/lib/log.ts';
import type { ReplicaTable } from '../../app/replicas/registry.ts';
import type { ConnectionSource } from '../../app/storage/mysql/connection.ts';
import type { VisitStore } from '../../app/visits/visit.ts';
import { type DatabaseConfig, describeDatabase } from '../../cli/database-config.ts';
import { withinDrizzle } from './within-drizzle.ts';

/** The configured database: what is kept in it, and how to bring it up to date. */
export interface Database {
  /** Closing it closes the database. */
  store: VisitStore;
  replicas: ReplicaTable;
  /** Applies the migrations it lacks. Safe when several replicas do so at once: one at a time, the others find it done. */
  migrate(): Promise<void>;
  /** @throws when visits cannot be counted as promised, where that can be found out without waiting for long */
  assertWritable?(): Promise<void>;
}

export interface OpenOptions {
  migrate: boolean;
  /** Is put in front of the pool, where there is one, to see which of its `limit` connections are in use. */
  watchConnections?: ((source: ConnectionSource, limit: number) => ConnectionSource) | undefined;
}

/** How long a replica waits while another one migrates, in seconds. */
export const MIGRATION_LOCK_TIMEOUT_SECONDS = 60;

/** Where the generated migrations of a kind of database are. */
export function migrationsFolder(kind: DatabaseConfig['kind']): string {
  return fileURLToPath(new URL(`../../drizzle/${kind}`, import.meta.url));
}

/** The configured database answers nothing, or not with what we need. */
export class DatabaseUnusableError extends Error {
  override name = 'DatabaseUnusableError';
}

/**
 * Opens the configured database, and brings it up to date where that is asked for. A MySQL
 * that is down fails the first visit, not this.
 *
 * @throws {DatabaseUnusableError} saying which database it is and what is wrong with it
 */
export async function openDatabase(config: DatabaseConfig, log: Log, options: OpenOptions): Promise<Database> {
  try {
    const database = await loadDriver(config, log, options);
    if (options.migrate) await database.migrate();
    await database.assertWritable?.();
    return database;
  } catch (error) {
    const reason = explainDatabaseError(error);
    const message = `the database ${describeDatabase(config)} cannot be used: ${reason}`;
    throw new DatabaseUnusableError(message, { cause: error });
  }
}

/** Loads only what is used: a driver and its half of Drizzle take a good part of a replica's start. */
async function loadDriver(config: DatabaseConfig, log: Log, { watchConnections }: OpenOptions): Promise<Database> {
  if (config.kind === 'mysql') {
    const { openMysql } = await withinDrizzle(() => import('./mysql.ts'));
    return openMysql(config.connection, log, watchConnections);
  }
  const { openSqlite } = await withinDrizzle(() => import('./sqlite.ts'));
  return openSqlite(config.path, log);
}
