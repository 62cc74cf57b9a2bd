import { drizzle } from 'drizzle-orm/mysql2';
import { migrate } from 'drizzle-orm/mysql2/migrator';
import mysql from 'mysql2/promise';
import { startDeadline } from '../../app/lib/deadline.ts';
import type { Log } from '../../app/lib/log.ts';
import { createMysqlAppDatabase } from '../../app/storage/mysql/app-database.ts';
import { type ConnectionPool, withConnection } from '../../app/storage/mysql/connection.ts';
import { createMysqlReplicaRegistry } from '../../app/storage/mysql/replica-registry.ts';
import {
  createServerRequirements,
  IDLE_TIMEOUT_MS,
  UnsuitableServerError,
} from '../../app/storage/mysql/requirements.ts';
import { createMysqlSessionStore } from '../../app/storage/mysql/session-store.ts';
import { createMysqlStore } from '../../app/storage/mysql/visit-store.ts';
import { mysqlTwin } from '../../app/tables/define-table.ts';
import * as schema from '../../drizzle/mysql-schema.ts';
import { AppTableError } from './app-table-error.ts';
import { checkAppTables } from './app-tables.ts';
import { type Database, NO_APP_TABLES } from './database.ts';
import { MIGRATION_LOCK_TIMEOUT_SECONDS, migrationSteps } from './migrations.ts';
import { createMysqlConnections } from './mysql-connections.ts';

/**
 * Visits, session changes and session reads use one connection each at a time. Counts, the replica's reports and the checks
 * for ended sessions share the rest.
 */
export const CONNECTIONS = 4;

/** How long a start waits for the server. A server that does not answer in time does not prevent the start. */
const CHECK_DEADLINE_MS = 3000;

/** Opens a MySQL or MariaDB database with one connection pool. Connections open on first use. */
export function openMysql(
  connection: mysql.ConnectionOptions,
  log: Log,
  app = NO_APP_TABLES,
  watchConnections = (source: ConnectionPool, _limit: number) => source,
): Database {
  const pool = mysql.createPool({
    ...connection,
    connectionLimit: CONNECTIONS,
    // Must be below `connectionLimit`, or the driver ignores `idleTimeout`.
    maxIdle: CONNECTIONS - 1,
    idleTimeout: IDLE_TIMEOUT_MS,
    // Announce the end of a connection: otherwise the server counts it as aborted.
    gracefulEnd: true,
    queueLimit: 1000,
    connectTimeout: 3000,
    // So that a commit can be one packet.
    multipleStatements: true,
    // Capturing a stack per query costs more than the rest of the query, and errors are logged by code and message.
    trace: false,
  });

  async function migrateAlone(): Promise<void> {
    // A separate connection: the pool's sessions have short timeouts, and a migration can take minutes.
    const lockHolder = await mysql.createConnection({ ...connection, connectTimeout: 3000 });
    try {
      const [rows] = await lockHolder.query<mysql.RowDataPacket[]>(
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

  const sessions = createMysqlConnections(pool, createServerRequirements({ log }));
  const source = watchConnections(sessions, CONNECTIONS);

  async function assertSuitable(): Promise<void> {
    using deadline = startDeadline(CHECK_DEADLINE_MS);
    try {
      await withConnection(sessions, deadline.signal, (db) =>
        checkAppTables(app, (table) => db.select().from(mysqlTwin(table)).limit(0)),
      );
    } catch (error) {
      if (error instanceof UnsuitableServerError || error instanceof AppTableError) throw error;
    }
  }

  return {
    assertWritable: assertSuitable,
    store: createMysqlStore({ pool: source, log }),
    replicas: createMysqlReplicaRegistry({ pool: source }),
    openSessionStore: (lifetimes) => createMysqlSessionStore({ pool: source, log, lifetimes }),
    openAppDatabase: () => createMysqlAppDatabase({ pool: source, log }),
    migrate: migrateAlone,
  };
}
