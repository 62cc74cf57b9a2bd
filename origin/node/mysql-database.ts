import { drizzle } from 'drizzle-orm/mysql2';
import { migrate } from 'drizzle-orm/mysql2/migrator';
import mysql from 'mysql2/promise';
import { accessLog, globalCounter, replica } from '../../drizzle/mysql-schema.ts';
import type { Log } from '../log.ts';
import { type ConnectionSource, SESSION_SETTINGS } from '../mysql-connection.ts';
import { createMysqlReplicaTable } from '../mysql-replica-table.ts';
import { createMysqlStore } from '../mysql-store.ts';
import { type Database, MIGRATION_LOCK_TIMEOUT_SECONDS, migrationsFolder } from './database.ts';
import { MIGRATIONS_TABLE } from './migrations-table.ts';

/** One connection commits, one at a time by group commit; the others answer counts and readiness, and report the replica. */
export const CONNECTIONS = 4;

/** Opens a MySQL or MariaDB: one pool of connections, each made when it is needed first. */
export function openMysql(
  connection: mysql.ConnectionOptions,
  log: Log,
  watchConnections = (source: ConnectionSource, _limit: number) => source,
): Database {
  const pool = mysql.createPool({
    ...connection,
    connectionLimit: CONNECTIONS,
    queueLimit: 1000,
    connectTimeout: 3000,
    // A commit is one packet.
    multipleStatements: true,
    // A stack for each query costs more than the rest of it, and errors are logged by code and message.
    trace: false,
  });
  pool.on('connection', (fresh) => {
    for (const setting of SESSION_SETTINGS) fresh.query(setting);
  });

  async function migrateAlone(): Promise<void> {
    // Not of the pool, whose sessions may not wait or be idle for long: one migration can take minutes.
    const lockHolder = await mysql.createConnection({ ...connection, connectTimeout: 3000 });
    try {
      const [rows] = await lockHolder.query<mysql.RowDataPacket[]>(
        "select get_lock(concat('mooring:', left(database(), 50)), ?) as held",
        [MIGRATION_LOCK_TIMEOUT_SECONDS],
      );
      if (rows[0]?.held !== 1) throw new Error('another process has been migrating for too long');
      const db = drizzle({ client: lockHolder });
      await migrate(db, { migrationsFolder: migrationsFolder('mysql'), migrationsTable: MIGRATIONS_TABLE });
      // A table of this name that another app made is not ours.
      for (const table of [accessLog, globalCounter, replica]) await db.select().from(table).limit(0);
    } finally {
      // Ends the session and with it the lock, however the migration went.
      lockHolder.destroy();
    }
  }

  const source = watchConnections(pool, CONNECTIONS);
  return {
    store: createMysqlStore({ pool: source, log, multipleStatements: true }),
    replicas: createMysqlReplicaTable({ pool: source }),
    migrate: migrateAlone,
  };
}
