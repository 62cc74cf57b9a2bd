import { fileURLToPath } from 'node:url';
import type { Log } from '../log.ts';
import type { VisitStore } from '../visit.ts';
import type { DatabaseConfig } from './database-config.ts';

/** The configured database: its store, and how to bring it up to date. */
export interface Database {
  store: VisitStore;
  /** Applies the migrations it lacks. Safe when several replicas do so at once: one at a time, the others find it done. */
  migrate(): Promise<void>;
}

/** How long a replica waits while another one migrates, in seconds. */
export const MIGRATION_LOCK_TIMEOUT_SECONDS = 60;

/** Where the generated migrations of a kind of database are. */
export function migrationsFolder(kind: DatabaseConfig['kind']): string {
  return fileURLToPath(new URL(`../../drizzle/${kind}`, import.meta.url));
}

/** Opens the configured database. Nothing is asked of it yet: a MySQL that is down fails the first query, not this. */
export async function openDatabase(config: DatabaseConfig, log: Log): Promise<Database> {
  // Loaded only where it is used: a driver and its half of Drizzle take a good part of a replica's start.
  if (config.kind === 'mysql') {
    const { openMysql } = await import('./mysql-database.ts');
    return openMysql(config.connection, log);
  }
  const { openSqlite } = await import('./sqlite-database.ts');
  return openSqlite(config.url, log);
}
