import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Client, createClient } from '@libsql/client';
import { drizzle } from 'drizzle-orm/libsql';
import { migrate } from 'drizzle-orm/libsql/migrator';
import type { Log } from '../../app/lib/log.ts';
import { rootCause } from '../../app/lib/root-cause.ts';
import { createSqliteAppDatabase } from '../../app/storage/sqlite/app-database.ts';
import { createSqliteReplicaRegistry } from '../../app/storage/sqlite/replica-registry.ts';
import { createSqliteSessionStore } from '../../app/storage/sqlite/session-store.ts';
import { createSqliteStore } from '../../app/storage/sqlite/visit-store.ts';
import { fileUrl } from '../../cli/database-url.ts';
import * as schema from '../../drizzle/sqlite-schema.ts';
import { checkAppTables } from './app-tables.ts';
import { type Database, NO_APP_TABLES } from './database.ts';
import { MIGRATION_LOCK_TIMEOUT_SECONDS, migrationSteps } from './migrations.ts';
import { watchFile } from './watch-file.ts';

/**
 * The driver waits for a lock in the calling thread, so keep it short. The store waits longer without blocking the event
 * loop.
 */
const BUSY_TIMEOUT_MS = 50;

/** Creates a file that only its owner can read, whatever the umask. SQLite gives its other files the same mode. */
function createForOwner(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600));
  } catch {
    // The file exists already, or cannot be created; in the latter case the driver reports it.
  }
}

/**
 * Opens the embedded database, a file that the replicas of one machine share.
 *
 * @param path the file; its folder is created when missing
 */
export function openSqlite(path: string, log: Log, app = NO_APP_TABLES): Database {
  mkdirSync(dirname(path), { recursive: true });
  for (const file of [path, `${path}-migration-lock`]) createForOwner(file);
  const url = fileUrl(path);
  const client = createClient({ url, timeout: BUSY_TIMEOUT_MS, concurrency: 1 });
  const file = watchFile(path);

  async function migrateAlone(): Promise<void> {
    // SQLite has no advisory locks. The write lock of another file serves as one: it is released when its holder ends.
    const timeout = MIGRATION_LOCK_TIMEOUT_SECONDS * 1000;
    const lock = createClient({ url: `${url}-migration-lock`, timeout, concurrency: 1 });
    const migrator = createClient({ url, timeout, concurrency: 1 });
    const held = await lock.transaction('write');
    try {
      await migrator.execute('pragma journal_mode = wal');
      const db = drizzle({ client: migrator });
      for (const step of migrationSteps('sqlite', app)) await migrate(db, step);
      // Fails when another app made a table with one of our names: it lacks our columns.
      for (const table of Object.values(schema)) await db.select().from(table).limit(0);
      await checkAppTables(app, (table) => db.select().from(table).limit(0));
    } finally {
      migrator.close();
      held.close();
      lock.close();
    }
  }

  const db = drizzle({ client });
  const options = {
    db,
    checkFile: file.assertInPlace,
    async reconnect() {
      // Reconnecting would create an empty file in place of one that was removed.
      file.assertInPlace();
      await client.reconnect();
    },
  };
  return {
    store: createSqliteStore({ ...options, log, close: () => client.close() }),
    replicas: createSqliteReplicaRegistry(options),
    openSessionStore: (lifetimes) => createSqliteSessionStore({ ...options, log, lifetimes }),
    openAppDatabase: () => createSqliteAppDatabase({ ...options, log }),
    migrate: migrateAlone,
    async check() {
      await assertWritable(client);
      await checkAppTables(app, (table) => db.select().from(table).limit(0));
      return { isAway: false };
    },
  };
}

/** Makes a change and rolls it back. Fails when the file or its folder is not writable. */
async function assertWritable(client: Client): Promise<void> {
  try {
    const transaction = await client.transaction('write');
    try {
      await transaction.execute('create table mooring_probe (id integer)');
      await transaction.rollback();
    } finally {
      transaction.close();
    }
  } catch (error) {
    await client.reconnect();
    const { code } = rootCause(error) as { code?: unknown };
    // Another replica is writing, so the file is writable.
    if (!`${code}`.startsWith('SQLITE_BUSY')) throw error;
  }
}
