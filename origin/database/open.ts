import { explainDatabaseError } from '../../app/lib/explain-database-error.ts';
import type { Log } from '../../app/lib/log.ts';
import { UserError } from '../../app/lib/user-error.ts';
import { type DatabaseConfig, describeDatabase } from '../../cli/database-config.ts';
import type { Database, OpenOptions } from './database.ts';
import { withFastDrizzleResolution } from './within-drizzle.ts';

/** The configured database answers nothing, or not with what we need. */
export class DatabaseUnusableError extends UserError {
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
    const { openMysql } = await withFastDrizzleResolution(() => import('./mysql.ts'));
    return openMysql(config.connection, log, watchConnections);
  }
  const { openSqlite } = await withFastDrizzleResolution(() => import('./sqlite.ts'));
  return openSqlite(config.path, log);
}
