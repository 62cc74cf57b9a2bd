import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@libsql/client';
import { drizzle as drizzleSqlite } from 'drizzle-orm/libsql';
import { migrate as migrateSqlite } from 'drizzle-orm/libsql/migrator';
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2';
import { migrate as migrateMysql } from 'drizzle-orm/mysql2/migrator';
import mysql from 'mysql2/promise';
import type { Log } from '../log.ts';
import { createMysqlStore } from '../mysql-store.ts';
import { createSqliteStore } from '../sqlite-store.ts';
import type { VisitStore } from '../visit.ts';
import type { DatabaseConfig } from './database-config.ts';

/** The configured database: its store, and how to bring it up to date. */
export interface Database {
  store: VisitStore;
  /** Applies the migrations it lacks. Safe when several replicas do so at once: one at a time, the others find it done. */
  migrate(): Promise<void>;
}

/** How long a replica waits while another one migrates, in seconds. */
const MIGRATION_LOCK_TIMEOUT_SECONDS = 60;

function migrationsFolder(dialect: 'mysql' | 'sqlite'): string {
  return fileURLToPath(new URL(`../../drizzle/${dialect}`, import.meta.url));
}

/** Opens the configured database. Nothing is asked of it yet: a MySQL that is down fails the first query, not this. */
export function openDatabase(config: DatabaseConfig, log: Log): Database {
  return config.kind === 'mysql' ? openMysql(config.connection, log) : openSqlite(config.url, log);
}

function openMysql(connection: mysql.ConnectionOptions, log: Log): Database {
  // One connection commits, one at a time by group commit; the others answer counts and readiness.
  const pool = mysql.createPool({
    ...connection,
    connectionLimit: 4,
    queueLimit: 1000,
    connectTimeout: 3000,
  });
  pool.on('connection', (fresh) => {
    // Committed rows are to be seen at once by a transaction that checks for a retry, and a lock is not to be waited for
    // past the store's own deadline: the server would go on waiting for a client that has left.
    fresh.query('set session transaction isolation level read committed');
    fresh.query('set session innodb_lock_wait_timeout = 5');
  });
  return {
    store: createMysqlStore({ pool, log }),
    async migrate() {
      const lockHolder = await pool.getConnection();
      try {
        const [rows] = await lockHolder.query<mysql.RowDataPacket[]>(
          "select get_lock(concat('mooring:', left(database(), 50)), ?) as held",
          [MIGRATION_LOCK_TIMEOUT_SECONDS],
        );
        if (rows[0]?.held !== 1) throw new Error('another replica has been migrating for too long');
        await migrateMysql(drizzleMysql({ client: pool }), {
          migrationsFolder: migrationsFolder('mysql'),
        });
      } finally {
        // Ends the session and with it the lock, however the migration went.
        lockHolder.destroy();
      }
    },
  };
}

function openSqlite(url: string, log: Log): Database {
  const path = url.slice('file:'.length);
  mkdirSync(dirname(path), { recursive: true });
  // SQLite lets one writer in at a time; a replica that meets another one's transaction waits this long for it.
  const timeout = 5000;
  const client = createClient({ url, timeout, concurrency: 1 });
  return {
    store: createSqliteStore({
      db: drizzleSqlite({ client }),
      log,
      close: () => client.close(),
    }),
    async migrate() {
      // SQLite has no advisory lock, so another file's write lock is one: it goes when its holder does.
      const lock = createClient({
        url: `${url}-migration-lock`,
        timeout: MIGRATION_LOCK_TIMEOUT_SECONDS * 1000,
        concurrency: 1,
      });
      const held = await lock.transaction('write');
      try {
        await client.execute('pragma journal_mode = wal');
        await migrateSqlite(drizzleSqlite({ client }), {
          migrationsFolder: migrationsFolder('sqlite'),
        });
      } finally {
        held.close();
        lock.close();
      }
    },
  };
}
