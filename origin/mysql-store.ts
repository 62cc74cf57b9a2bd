import { inArray, lt, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import type { ResultSetHeader } from 'mysql2';
import { accessLog, globalCounter } from '../drizzle/mysql-schema.ts';
import { CommitInDoubtError, MissingCounterError, StoreUnavailableError } from './errors.ts';
import type { Log } from './log.ts';
import { ConnectionBrokenError, type ConnectionSource, withConnection } from './mysql-connection.ts';
import { rootCause } from './root-cause.ts';
import { storeFailure } from './store-failure.ts';
import type { Visit, VisitStore } from './visit.ts';

export interface MysqlStoreOptions {
  pool: ConnectionSource;
  log: Log;
  /** How long one commit or one count may take, waiting for a connection and tries included. */
  deadlineMs?: number;
}

type Transaction = Parameters<Parameters<MySql2Database['transaction']>[0]>[0];

/** A commit is tried this often: after a server's restart each idle connection of the pool may turn out to be dead. */
const COMMIT_TRIES = 3;

/**
 * Keeps visits in MySQL or MariaDB. Each commit first moves the counter, and so holds its row until the end: commits of
 * all replicas come one after another, which makes the numbers gapless.
 */
export function createMysqlStore({ pool, log, deadlineMs = 3000 }: MysqlStoreOptions): VisitStore {
  return {
    async commit(visits) {
      const deadline = AbortSignal.timeout(deadlineMs);
      for (let triesLeft = COMMIT_TRIES - 1, inDoubt = false; ; triesLeft--) {
        let isWritten = false;
        const onWritten = () => {
          isWritten = true;
        };
        try {
          return await withConnection(pool, deadline, (db) => commitOnce(db, visits, onWritten));
        } catch (error) {
          const isBroken = error instanceof ConnectionBrokenError;
          // Until all was written no COMMIT was sent, and a server whose client leaves rolls back.
          inDoubt ||= isBroken && isWritten;
          // Whether a commit whose answer was lost took place is found out by doing it again: the request ids tell.
          if (isBroken && triesLeft > 0 && !deadline.aborted) continue;
          const kind = inDoubt ? CommitInDoubtError : StoreUnavailableError;
          const fields = { visits: visits.length, inDoubt };
          throw storeFailure({ log, error, message: 'visits could not be committed', fields, kind });
        }
      }
    },

    async count() {
      try {
        return await withConnection(pool, AbortSignal.timeout(deadlineMs), async (db) => {
          const [row] = await db.select({ value: globalCounter.value }).from(globalCounter);
          return row ? row.value : missingCounter();
        });
      } catch (error) {
        throw storeFailure({ log, error, message: 'the counter could not be read' });
      }
    },

    async purge(olderThanMs, limit) {
      try {
        return await withConnection(pool, AbortSignal.timeout(deadlineMs), (db) =>
          deleteOldest(db, olderThanMs, limit),
        );
      } catch (error) {
        throw storeFailure({ log, error, message: 'old visits could not be removed' });
      }
    },

    async close() {
      // A connection that breaks before it is closed in good order is closed all the same.
      await pool.end().catch(() => {});
    },
  };
}

async function commitOnce(db: MySql2Database, visits: readonly Visit[], onWritten: () => void): Promise<number[]> {
  const commit = (append: typeof appendVisits) =>
    db.transaction(async (tx) => {
      const numbers = await append(tx, visits);
      onWritten();
      return numbers;
    });
  try {
    return await commit(appendVisits);
  } catch (error) {
    const { code } = rootCause(error) as { code?: unknown };
    if (code !== 'ER_DUP_ENTRY') throw error;
    return await commit(appendUnseenVisits);
  }
}

/** Counts visits, taking none of them for a retry; the unique key on the request id fails the transaction if one is. */
async function appendVisits(tx: Transaction, visits: readonly Visit[]): Promise<number[]> {
  const last = await moveCounter(tx, visits.length);
  const rows = visits.map((visit, index) => ({
    ...visit,
    number: last - visits.length + 1 + index,
    time: new Date(visit.timeMs),
  }));
  await tx.insert(accessLog).values(rows);
  return rows.map(({ number }) => number);
}

/** Counts only the visits that have no row yet; the others keep the number they have. */
async function appendUnseenVisits(tx: Transaction, visits: readonly Visit[]): Promise<number[]> {
  // Taking the counter's lock before looking makes the look final: nobody else appends until this transaction ends.
  await moveCounter(tx, 0);
  const requestIds = visits.map(({ requestId }) => requestId);
  const seen = await tx
    .select({ requestId: accessLog.requestId, number: accessLog.number })
    .from(accessLog)
    .where(inArray(accessLog.requestId, requestIds));
  const numbers = new Map(seen.map(({ requestId, number }) => [requestId, number]));

  const unseen = visits.filter(({ requestId }) => !numbers.has(requestId));
  if (unseen.length > 0) {
    const appended = await appendVisits(tx, unseen);
    for (const [index, { requestId }] of unseen.entries()) numbers.set(requestId, appended[index] as number);
  }
  return requestIds.map((requestId) => numbers.get(requestId) as number);
}

/** Adds to the counter and answers its new value, in one statement. */
async function moveCounter(tx: Transaction, by: number): Promise<number> {
  const [result] = await tx.update(globalCounter).set({ value: sql`last_insert_id(${globalCounter.value} + ${by})` });
  return result.affectedRows === 1 ? result.insertId : missingCounter();
}

/**
 * Locks the oldest rows that no other replica is deleting, and then looks at those alone, by the primary key. Without that said
 * so firmly, MySQL reads all of a small table and waits for the others' rows, which they do for its own.
 */
async function deleteOldest(db: MySql2Database, olderThanMs: number, limit: number): Promise<number> {
  const { number, time } = accessLog;
  const [result] = await db.execute<ResultSetHeader>(
    sql`delete ${accessLog} from (
        select ${number} as number from ${accessLog} force index (primary)
        order by ${number} limit ${limit} for update skip locked
      ) as oldest
      straight_join ${accessLog} force index (primary) on ${number} = oldest.number
      where ${lt(time, new Date(olderThanMs))}`,
  );
  return result.affectedRows;
}

function missingCounter(): never {
  throw new MissingCounterError();
}
