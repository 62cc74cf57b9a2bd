import { explainDatabaseError } from '../../app/lib/explain-database-error.ts';
import type { Log } from '../../app/lib/log.ts';
import { UserError } from '../../app/lib/user-error.ts';
import { type DatabaseConfig, describeDatabase } from '../../cli/database-config.ts';
import { AppTableError } from './app-table-error.ts';
import type { Database, OpenedDatabase, OpenOptions } from './database.ts';
import { withFastDrizzleResolution } from './within-drizzle.ts';

/** The configured database does not answer, or lacks something that Mooring needs. */
class DatabaseUnusableError extends UserError {
  override name = 'DatabaseUnusableError';
}

/**
 * Opens the configured database, and applies migrations if asked to. If a MySQL server is down, the first visit fails and not
 * this call, unless it migrates.
 *
 * @throws {DatabaseUnusableError} naming the database and the problem
 */
export async function openDatabase(config: DatabaseConfig, log: Log, options: OpenOptions): Promise<OpenedDatabase> {
  try {
    const database = await loadDriver(config, log, options);
    if (options.migrate) await database.migrate();
    const { isAway } = await database.check();
    return { ...database, isAway };
  } catch (error) {
    if (error instanceof AppTableError) throw error;
    const reason = explainDatabaseError(error);
    const message = `the database ${describeDatabase(config)} cannot be used: ${reason}`;
    throw new DatabaseUnusableError(message, { cause: error });
  }
}

/** Loads only the driver in use: a driver and its part of Drizzle take a good part of a replica's start-up time. */
async function loadDriver(config: DatabaseConfig, log: Log, { app, watchConnections }: OpenOptions): Promise<Database> {
  if (config.kind === 'mysql') {
    const { openMysql } = await withFastDrizzleResolution(() => import('./mysql.ts'));
    return openMysql(config.connection, log, app, watchConnections);
  }
  const { openSqlite } = await withFastDrizzleResolution(() => import('./sqlite.ts'));
  return openSqlite(config.path, log, app);
}
