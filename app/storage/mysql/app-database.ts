import { eq, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/mysql-proxy';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { appliedRequest } from '../../../drizzle/mysql-schema.ts';
import { delay } from '../../lib/delay.ts';
import { DEFAULT_IN_DOUBT_TIMEOUT_MS, resolveInDoubt } from '../../lib/in-doubt.ts';
import type { Log } from '../../lib/log.ts';
import { createMonotonicClock } from '../../lib/monotonic-clock.ts';
import { rootCause } from '../../lib/root-cause.ts';
import { CommitInDoubtError, StoreUnavailableError } from '../../lib/store-errors.ts';
import { ConstraintError } from '../../tables/errors.ts';
import { commonQueries, type QueryBuilders } from '../common-queries.ts';
import { MYSQL_NOW } from '../database-clock.ts';
import { storeFailure } from '../failure.ts';
import { hashOnceKey, ONCE_KNOWN_MS } from '../once-key.ts';
import type { StoredAppDatabase } from '../stored-app-database.ts';
import { ConnectionBrokenError, type ConnectionPool } from './connection.ts';
import { driverError } from './driver-error.ts';
import { createInDatabase } from './in-database.ts';
import { runTransaction } from './transaction.ts';
import { UNCACHED } from './uncached.ts';

export interface MysqlAppDatabaseOptions {
  pool: ConnectionPool;
  log: Log;
  /** Deadline of one query, or of one attempt of `once`, in milliseconds. */
  deadlineMs?: number;
  /** How long the outcome of a commit in doubt is pursued, in milliseconds. */
  inDoubtTimeoutMs?: number | undefined;
}

/** Classes of SQLSTATE that blame the statement: its cardinality, its data, a constraint, its syntax or its rights. */
const STATEMENT_AT_FAULT = /^(21|22|23|42)/;

/** Queries an app's tables in MySQL or MariaDB. */
export function createMysqlAppDatabase(options: MysqlAppDatabaseOptions): StoredAppDatabase {
  const monotonicMs = createMonotonicClock();
  const { pool, log, deadlineMs = 3000, inDoubtTimeoutMs: timeoutMs = DEFAULT_IN_DOUBT_TIMEOUT_MS } = options;
  const inDatabase = createInDatabase({ pool, deadlineMs });

  /** Runs the SQL that Drizzle has built. Rows are arrays, as Drizzle's remote driver expects. */
  async function query(text: string, values: unknown[], method: string) {
    const isRead = method === 'all';
    const select = isRead ? uncached(text) : text;
    return await inDatabase(
      async (_db, connection) => {
        const [result] = await connection.query<RowDataPacket[][]>({ sql: select, values, rowsAsArray: isRead });
        if (!isRead) return { rows: [result] };
        return { rows: select === text ? result : result.map(([, ...row]) => row) };
      },
      (error) => toError(error, isRead),
      // `all` may be an INSERT … RETURNING.
      isRead && select !== text ? 'read' : 'write',
    );
  }

  function toError(error: unknown, isRead: boolean): Error {
    const cause = rootCause(error) as { sqlState?: unknown };
    const sqlState = `${cause.sqlState}`;
    if (sqlState.startsWith('23')) return new ConstraintError('a constraint of a table is broken', { cause });
    if (STATEMENT_AT_FAULT.test(sqlState)) return cause as Error;
    const kind = !isRead && error instanceof ConnectionBrokenError ? CommitInDoubtError : StoreUnavailableError;
    return storeFailure({ log, error, message: 'a query of the app failed', kind });
  }

  async function isKnown(keyHash: string): Promise<boolean> {
    const found = await inDatabase(
      (db) => db.select({ uncached: UNCACHED }).from(appliedRequest).where(eq(appliedRequest.keyHash, keyHash)),
      (error) => toError(error, true),
      'read',
    );
    return found.length > 0;
  }

  async function applyOnce(keyHash: string, writes: readonly SQL[]): Promise<void> {
    const mark = sql`insert into ${appliedRequest} (key_hash, applied_at) values (${keyHash}, ${MYSQL_NOW})`;
    try {
      await inDatabase(
        (db, { takesSeveralStatements }) =>
          runTransaction(db, { statements: [mark, ...writes], takesSeveralStatements, onCommit: () => {} }),
        (error) => toError(error, false),
      );
    } catch (error) {
      if (!(error instanceof ConstraintError && (await isKnown(keyHash)))) throw error;
    }
  }

  return {
    ...commonQueries(drizzle(query) as QueryBuilders, async (execute) => {
      try {
        return await execute();
      } catch (error) {
        throw driverError(error);
      }
    }),

    async once(key, writes) {
      const keyHash = hashOnceKey(key);
      const statements = writes.map((write) => write.getSQL());
      const apply = () => applyOnce(keyHash, statements);
      await apply().catch((error) => {
        if (!(error instanceof CommitInDoubtError)) throw error;
        // The next attempt finds out what became of it.
        return resolveInDoubt(apply, { timeoutMs, pause: delay, monotonicMs });
      });
    },

    async purge(limit) {
      const old = sql`${MYSQL_NOW} - interval ${sql.raw(`${ONCE_KNOWN_MS * 1000}`)} microsecond`;
      const [{ affectedRows }] = await inDatabase(
        (db) =>
          db.execute<ResultSetHeader>(
            sql`delete from ${appliedRequest} where applied_at < ${old} order by applied_at limit ${limit}`,
          ),
        (error) => toError(error, false),
      );
      return affectedRows;
    },
  };
}

/** Hyperdrive caches a SELECT without such a column for a minute. Its value is removed from the rows. */
function uncached(text: string): string {
  return text.replace(/^select (distinct )?/, (start) => `${start}last_insert_id(), `);
}
