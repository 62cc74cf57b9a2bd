import { asc, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { replica } from '../../../drizzle/sqlite-schema.ts';
import { StoreUnavailableError } from '../../lib/store-errors.ts';
import { FORGOTTEN_AFTER_MS, type ReplicaRegistry, toRegisteredReplica } from '../../replicas/registry.ts';
import { SQLITE_NOW_MS } from '../database-clock.ts';
import { type BusyRetryOptions, createBusyRetry } from './retry-busy.ts';

export interface SqliteReplicaRegistryOptions extends BusyRetryOptions {
  /** A SQLite file shared by the replicas of one machine, or Cloudflare's D1. */
  db: LibSQLDatabase | DrizzleD1Database;
}

const SEEN_MS_AGO = sql<number>`${SQLITE_NOW_MS} - ${replica.seenAt}`;

/** Stores the replicas' reports in SQLite, next to the visits. */
export function createSqliteReplicaRegistry(options: SqliteReplicaRegistryOptions): ReplicaRegistry {
  // Both types have these methods, but TypeScript cannot call a union of them.
  const db = options.db as DrizzleD1Database;
  const inTurn = createBusyRetry(options);

  async function inDatabase<T>(message: string, work: () => Promise<T>): Promise<T> {
    try {
      return await inTurn(work);
    } catch (error) {
      throw new StoreUnavailableError(message, { cause: error });
    }
  }

  return {
    async report({ startedAtMs, ...report }) {
      const row = { ...report, startedAt: new Date(startedAtMs), seenAt: SQLITE_NOW_MS };
      await inDatabase('the self-report could not be written', () =>
        db.insert(replica).values(row).onConflictDoUpdate({ target: replica.sid, set: row }).run(),
      );
    },

    async list() {
      const rows = await inDatabase('the replicas could not be listed', async () =>
        db
          .select({ replica, seenMsAgo: SEEN_MS_AGO })
          .from(replica)
          .where(sql`${SEEN_MS_AGO} < ${FORGOTTEN_AFTER_MS}`)
          .orderBy(asc(replica.address)),
      );
      return rows.map(({ replica: row, seenMsAgo }) => toRegisteredReplica(row, seenMsAgo));
    },

    async forget() {
      await inDatabase('old replicas could not be deleted', () =>
        db.delete(replica).where(sql`${SEEN_MS_AGO} > ${FORGOTTEN_AFTER_MS}`).run(),
      );
    },
  };
}
