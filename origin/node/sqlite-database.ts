import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createClient } from '@libsql/client';
import { drizzle } from 'drizzle-orm/libsql';
import { migrate } from 'drizzle-orm/libsql/migrator';
import type { Log } from '../log.ts';
import { createSqliteReplicaTable } from '../sqlite-replica-table.ts';
import { createSqliteStore } from '../sqlite-store.ts';
import { type Database, MIGRATION_LOCK_TIMEOUT_SECONDS, migrationsFolder } from './database.ts';

/** The driver waits for a lock in the calling thread, so it waits briefly; the store waits longer, and lets others work. */
const BUSY_TIMEOUT_MS = 50;

/**
 * Opens the embedded database, a file that the replicas of one machine share.
 *
 * @param url `file:` and a path; its folder is made where it is missing
 */
export function openSqlite(url: string, log: Log): Database {
  mkdirSync(dirname(url.slice('file:'.length)), { recursive: true });
  const client = createClient({ url, timeout: BUSY_TIMEOUT_MS, concurrency: 1 });

  async function migrateAlone(): Promise<void> {
    // SQLite has no advisory lock, so another file's write lock is one: it goes when its holder does.
    const timeout = MIGRATION_LOCK_TIMEOUT_SECONDS * 1000;
    const lock = createClient({ url: `${url}-migration-lock`, timeout, concurrency: 1 });
    const migrator = createClient({ url, timeout, concurrency: 1 });
    const held = await lock.transaction('write');
    try {
      await migrator.execute('pragma journal_mode = wal');
      await migrate(drizzle({ client: migrator }), { migrationsFolder: migrationsFolder('sqlite') });
    } finally {
      migrator.close();
      held.close();
      lock.close();
    }
  }

  const db = drizzle({ client });
  const reconnect = async () => client.reconnect();
  return {
    store: createSqliteStore({ db, log, reconnect, close: () => client.close() }),
    replicas: createSqliteReplicaTable({ db, reconnect }),
    migrate: migrateAlone,
  };
}
