import { eq, inArray, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { appliedRequest } from '../../../drizzle/sqlite-schema.ts';
import type { Log } from '../../lib/log.ts';
import { rootCause } from '../../lib/root-cause.ts';
import { CommitInDoubtError, StoreUnavailableError } from '../../lib/store-errors.ts';
import { ConstraintError } from '../../tables/errors.ts';
import { commonQueries, type QueryBuilders } from '../common-queries.ts';
import { SQLITE_NOW_MS } from '../database-clock.ts';
import { storeFailure } from '../failure.ts';
import { hashOnceKey, ONCE_KNOWN_MS } from '../once-key.ts';
import type { StoredAppDatabase } from '../stored-app-database.ts';
import { isAnswered } from './answered.ts';
import { type BusyRetryOptions, createBusyRetry } from './retry-busy.ts';

export interface SqliteAppDatabaseOptions extends BusyRetryOptions {
  /** A SQLite file shared by the replicas of one machine, or Cloudflare's D1. */
  db: LibSQLDatabase | DrizzleD1Database;
  log: Log;
}

/** Errors that blame the statement: its syntax, its tables, its data. */
const STATEMENT_AT_FAULT = /SQLITE_(ERROR|MISMATCH|RANGE|TOOBIG)/;

/** Queries an app's tables in SQLite. */
export function createSqliteAppDatabase(options: SqliteAppDatabaseOptions): StoredAppDatabase {
  const { log } = options;
  // Both types have these methods, but TypeScript cannot call a union of them.
  const db = options.db as DrizzleD1Database;
  const inTurn = createBusyRetry(options);

  async function run<T>(work: () => Promise<T>, isRead: boolean): Promise<T> {
    try {
      return await inTurn(work);
    } catch (error) {
      throw toError(error, isRead);
    }
  }

  function toError(error: unknown, isRead: boolean): Error {
    const cause = rootCause(error) as { code?: unknown; message?: unknown };
    const said = `${cause.code} ${cause.message}`;
    if (said.includes('SQLITE_CONSTRAINT')) return new ConstraintError('a constraint of a table is broken', { cause });
    if (STATEMENT_AT_FAULT.test(said)) return cause as Error;
    const kind = isRead || isAnswered(error) ? StoreUnavailableError : CommitInDoubtError;
    return storeFailure({ log, error, message: 'a query of the app failed', kind });
  }

  return {
    ...commonQueries(db as QueryBuilders, run),

    async once(key, writes) {
      const keyHash = hashOnceKey(key);
      const mark = db.insert(appliedRequest).values({ keyHash, appliedAt: SQLITE_NOW_MS });
      const known = db.select().from(appliedRequest).where(eq(appliedRequest.keyHash, keyHash));
      try {
        await run(() => db.batch([mark, ...(writes as never[])]), false);
      } catch (error) {
        const mayBeKnown = error instanceof ConstraintError || error instanceof CommitInDoubtError;
        if (!mayBeKnown || (await run(() => known.all(), true)).length === 0) throw error;
      }
    },

    async purge(limit) {
      const old = sql`${appliedRequest.appliedAt} < ${SQLITE_NOW_MS} - ${ONCE_KNOWN_MS}`;
      const forgotten = db.select({ keyHash: appliedRequest.keyHash }).from(appliedRequest).where(old).limit(limit);
      const removed = await run(
        () => db.delete(appliedRequest).where(inArray(appliedRequest.keyHash, forgotten)).returning(),
        false,
      );
      return removed.length;
    },
  };
}
