import { asc, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import { replica } from '../../../drizzle/mysql-schema.ts';
import { startDeadline } from '../../lib/deadline.ts';
import { StoreUnavailableError } from '../../lib/store-errors.ts';
import { FORGOTTEN_AFTER_MS, type ReplicaRegistry, toRegisteredReplica } from '../../replicas/registry.ts';
import { MYSQL_NOW } from '../database-clock.ts';
import { type ConnectionPool, withConnection } from './connection.ts';
import { UNCACHED } from './uncached.ts';

export interface MysqlReplicaRegistryOptions {
  pool: ConnectionPool;
  /** Deadline of one report or one list, in milliseconds. */
  deadlineMs?: number;
}

const SEEN_MICROSECONDS_AGO = sql<number>`timestampdiff(microsecond, ${replica.seenAt}, ${MYSQL_NOW})`;

/** Stores the replicas' reports in MySQL or MariaDB, next to the visits. */
export function createMysqlReplicaRegistry({ pool, deadlineMs = 3000 }: MysqlReplicaRegistryOptions): ReplicaRegistry {
  async function inDatabase<T>(message: string, work: (db: MySql2Database) => Promise<T>): Promise<T> {
    try {
      using deadline = startDeadline(deadlineMs);
      return await withConnection(pool, deadline.signal, work);
    } catch (error) {
      throw new StoreUnavailableError(message, { cause: error });
    }
  }

  return {
    async report({ startedAtMs, ...report }) {
      const row = { ...report, startedAt: new Date(startedAtMs), seenAt: MYSQL_NOW };
      await inDatabase('the self-report could not be written', (db) =>
        db.insert(replica).values(row).onDuplicateKeyUpdate({ set: row }),
      );
    },

    async list() {
      const rows = await inDatabase('the replicas could not be listed', (db) =>
        db
          .select({ replica, microsecondsAgo: SEEN_MICROSECONDS_AGO, uncached: UNCACHED })
          .from(replica)
          .where(sql`${SEEN_MICROSECONDS_AGO} < ${FORGOTTEN_AFTER_MS * 1000}`)
          .orderBy(asc(replica.address)),
      );
      return rows.map(({ replica: row, microsecondsAgo }) => toRegisteredReplica(row, microsecondsAgo / 1000));
    },

    async forget() {
      await inDatabase('old replicas could not be deleted', (db) =>
        db.delete(replica).where(sql`${SEEN_MICROSECONDS_AGO} > ${FORGOTTEN_AFTER_MS * 1000}`),
      );
    },
  };
}
