import { asc, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { accessLog, globalCounter } from '../drizzle/sqlite-schema.ts';
import { MissingCounterError } from './errors.ts';
import type { Log } from './log.ts';
import { rootCause } from './root-cause.ts';
import { storeFailure } from './store-failure.ts';
import type { VisitStore } from './visit.ts';

export interface SqliteStoreOptions {
  /** A SQLite file shared by the replicas of one machine, or Cloudflare's D1. */
  db: LibSQLDatabase | DrizzleD1Database;
  log: Log;
  close?: () => void;
  /** Makes the connection anew after a failure, where there is one: SQLite's does not come out of a refused lock by itself. */
  reconnect?: () => Promise<void>;
  pause?: (ms: number) => Promise<void>;
}

/**
 * Pauses between tries to get the write lock, in milliseconds. Another process holds it for the length of a commit; one that
 * holds it for three seconds is taken for stuck.
 */
const BUSY_PAUSES_MS = [5, 10, 20, 50, ...Array<number>(29).fill(100)];

/**
 * Keeps visits in SQLite. A commit is one batch, which both kinds of database run as one write transaction: SQLite lets one
 * writer in at a time, so what a statement reads there is what is so. The visits go in as one JSON parameter, because D1
 * takes no more than a hundred.
 */
export function createSqliteStore(options: SqliteStoreOptions): VisitStore {
  const { db, log, close = () => {}, reconnect = async () => {} } = options;
  const pause = options.pause ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  // The two databases share this much, but a union of their types cannot be called.
  const database = db as DrizzleD1Database;

  return {
    async commit(visits) {
      const batch = sql`json_each(${JSON.stringify(visits)})`;
      const field = (name: string) => sql.raw(`json_each.value ->> '${name}'`);
      const appendUnseen = database.insert(accessLog).select(
        sql`select
          ${globalCounter.value} + row_number() over (order by json_each.key),
          ${field('requestId')}, ${field('timeMs')}, ${field('clientIp')}, ${field('serverIp')}, ${field('sid')}
          from ${globalCounter}, ${batch}
          where ${field('requestId')} not in (select ${accessLog.requestId} from ${accessLog})`,
      );
      const moveCounter = database.update(globalCounter).set({ value: sql`${globalCounter.value} + changes()` });
      const numbersInOrder = database
        .select({ number: accessLog.number })
        .from(batch)
        .innerJoin(accessLog, sql`${accessLog.requestId} = ${field('requestId')}`)
        .orderBy(asc(sql`json_each.key`));
      try {
        const [, , rows] = await inTurn(() => database.batch([appendUnseen, moveCounter, numbersInOrder]));
        if (rows.length !== visits.length) throw new MissingCounterError();
        return rows.map(({ number }) => number);
      } catch (error) {
        throw storeFailure({ log, error, message: 'visits could not be committed', fields: { visits: visits.length } });
      }
    },

    async count() {
      try {
        const [row] = await inTurn(async () => database.select({ value: globalCounter.value }).from(globalCounter));
        if (!row) throw new MissingCounterError();
        return row.value;
      } catch (error) {
        throw storeFailure({ log, error, message: 'the counter could not be read' });
      }
    },

    async close() {
      close();
    },
  };

  /** Waits for the write lock between tries, and not in the driver, which would stop the whole process meanwhile. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const { code } = rootCause(error) as { code?: unknown };
        // Another call of this store made the connection anew under this one, before it had begun.
        const wasOvertaken = code === 'CLIENT_CLOSED';
        if (!wasOvertaken) await reconnect();
        const pauseMs = BUSY_PAUSES_MS[tries];
        if (pauseMs === undefined || !(wasOvertaken || `${code}`.startsWith('SQLITE_BUSY'))) throw error;
        await pause(pauseMs);
      }
    }
  }
}
