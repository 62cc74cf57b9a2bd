import { drizzle } from 'drizzle-orm/mysql2';
import { migrate } from 'drizzle-orm/mysql2/migrator';
import type { RowDataPacket } from 'mysql2';
import { startDeadline } from '../../app/lib/deadline.ts';
import { errorSummary } from '../../app/lib/error-summary.ts';
import { isTlsMismatch } from '../../app/lib/explain-database-error.ts';
import type { Log } from '../../app/lib/log.ts';
import { createMysqlAppDatabase } from '../../app/storage/mysql/app-database.ts';
import { type ConnectionPool, withConnection } from '../../app/storage/mysql/connection.ts';
import { createMysqlReplicaRegistry } from '../../app/storage/mysql/replica-registry.ts';
import { UnsuitableServerError } from '../../app/storage/mysql/requirements.ts';
import { createMysqlSessionStore } from '../../app/storage/mysql/session-store.ts';
import { createMysqlStore } from '../../app/storage/mysql/visit-store.ts';
import { mysqlTwin } from '../../app/tables/define-table.ts';
import type { MysqlConfig } from '../../cli/mysql-url.ts';
import * as schema from '../../drizzle/mysql-schema.ts';
import { AppTableError } from './app-table-error.ts';
import { checkAppTables } from './app-tables.ts';
import { type Database, NO_APP_TABLES } from './database.ts';
import { MIGRATION_LOCK_TIMEOUT_SECONDS, migrationSteps } from './migrations.ts';
import { CONNECTIONS, openMysqlPool } from './mysql-pool.ts';

/** How long a start waits for the server. A server that does not answer in time does not prevent the start. */
const CHECK_DEADLINE_MS = 3000;

/** Opens a MySQL or MariaDB database with one connection pool. Connections open on first use. */
export function openMysql(
  config: MysqlConfig,
  log: Log,
  app = NO_APP_TABLES,
  watchConnections = (source: ConnectionPool, _limit: number) => source,
): Database {
  const { pool: sessions, connect, servers } = openMysqlPool(config, log);
  const source = watchConnections(sessions, CONNECTIONS);

  async function migrateAlone(): Promise<void> {
    // A separate connection: the pool's sessions have short timeouts, and a migration can take minutes.
    const lockHolder = await connect();
    try {
      const [rows] = await lockHolder.query<RowDataPacket[]>(
        "select get_lock(concat('mooring:', left(database(), 50)), ?) as held",
        [MIGRATION_LOCK_TIMEOUT_SECONDS],
      );
      if (rows[0]?.held !== 1)
        throw new Error(`no migration lock within ${MIGRATION_LOCK_TIMEOUT_SECONDS} s: another process is migrating`);
      const db = drizzle({ client: lockHolder });
      for (const step of migrationSteps('mysql', app)) await migrate(db, step);
      // Fails when another app made a table with one of our names: it lacks our columns.
      for (const table of Object.values(schema)) await db.select().from(table).limit(0);
      await checkAppTables(app, (table) => db.select().from(mysqlTwin(table)).limit(0));
    } finally {
      // Ends the session, which releases the lock, whatever the outcome.
      lockHolder.destroy();
    }
  }

  async function check(): Promise<{ isAway: boolean }> {
    using deadline = startDeadline(CHECK_DEADLINE_MS);
    try {
      await withConnection(sessions, deadline.signal, (db) =>
        checkAppTables(app, (table) => db.select().from(mysqlTwin(table)).limit(0)),
      );
      return { isAway: false };
    } catch (error) {
      const isWrong = error instanceof UnsuitableServerError || error instanceof AppTableError || isTlsMismatch(error);
      if (isWrong) throw error;
      log.error({ cause: errorSummary(error) }, 'database unavailable at the start');
      return { isAway: true };
    }
  }

  return {
    check,
    store: createMysqlStore({ pool: source, log }),
    replicas: createMysqlReplicaRegistry({ pool: source }),
    openSessionStore: (lifetimes) => createMysqlSessionStore({ pool: source, log, lifetimes }),
    openAppDatabase: (inDoubtTimeoutMs) => createMysqlAppDatabase({ pool: source, log, inDoubtTimeoutMs }),
    migrate: migrateAlone,
    servers,
  };
}
