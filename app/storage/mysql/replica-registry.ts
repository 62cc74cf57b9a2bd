import { asc, sql } from 'drizzle-orm';
import { replica } from '../../../drizzle/mysql-schema.ts';
import { StoreUnavailableError } from '../../lib/store-errors.ts';
import { FORGOTTEN_AFTER_MS, type ReplicaRegistry, toRegisteredReplica } from '../../replicas/registry.ts';
import { MYSQL_NOW } from '../database-clock.ts';
import type { ConnectionPool } from './connection.ts';
import { createInDatabase } from './in-database.ts';
import { UNCACHED } from './uncached.ts';

export interface MysqlReplicaRegistryOptions {
  pool: ConnectionPool;
  /** Deadline of one report or one list, in milliseconds. */
  deadlineMs?: number;
}

const SEEN_MICROSECONDS_AGO = sql<number>`timestampdiff(microsecond, ${replica.seenAt}, ${MYSQL_NOW})`;

/** Stores the replicas' reports in MySQL or MariaDB, next to the visits. */
export function createMysqlReplicaRegistry({ pool, deadlineMs = 3000 }: MysqlReplicaRegistryOptions): ReplicaRegistry {
  const inDatabase = createInDatabase({ pool, deadlineMs });
  const failed = (message: string) => (error: unknown) => new StoreUnavailableError(message, { cause: error });

  return {
    async report({ startedAtMs, ...report }) {
      const row = { ...report, startedAt: new Date(startedAtMs), seenAt: MYSQL_NOW };
      await inDatabase(
        (db) => db.insert(replica).values(row).onDuplicateKeyUpdate({ set: row }),
        failed('the self-report could not be written'),
      );
    },

    async list() {
      const rows = await inDatabase(
        (db) =>
          db
            .select({ replica, microsecondsAgo: SEEN_MICROSECONDS_AGO, uncached: UNCACHED })
            .from(replica)
            .where(sql`${SEEN_MICROSECONDS_AGO} < ${FORGOTTEN_AFTER_MS * 1000}`)
            .orderBy(asc(replica.address)),
        failed('the replicas could not be listed'),
        'read',
      );
      return rows.map(({ replica: row, microsecondsAgo }) => toRegisteredReplica(row, microsecondsAgo / 1000));
    },

    async forget() {
      await inDatabase(
        (db) => db.delete(replica).where(sql`${SEEN_MICROSECONDS_AGO} > ${FORGOTTEN_AFTER_MS * 1000}`),
        failed('old replicas could not be deleted'),
      );
    },
  };
}
