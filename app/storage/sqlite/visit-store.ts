import { and, asc, inArray, lte, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { accessLog, globalCounter } from '../../../drizzle/sqlite-schema.ts';
import type { Log } from '../../lib/log.ts';
import { CommitInDoubtError, StoreUnavailableError } from '../../lib/store-errors.ts';
import { MissingCounterError } from '../../visits/errors.ts';
import type { VisitStore } from '../../visits/visit.ts';
import { visitNumber } from '../../visits/visit-number.ts';
import { SQLITE_NOW_MS } from '../database-clock.ts';
import { storeFailure } from '../failure.ts';
import { isAnswered } from './answered.ts';
import { type BusyRetryOptions, createBusyRetry } from './retry-busy.ts';

export interface SqliteStoreOptions extends BusyRetryOptions {
  /** A SQLite file shared by the replicas of one machine, or Cloudflare's D1. */
  db: LibSQLDatabase | DrizzleD1Database;
  log: Log;
  close?: () => void;
}

/**
 * Stores visits in SQLite. A commit is one batch, which SQLite and D1 run as one write transaction. SQLite allows one writer
 * at a time, so nothing that a statement reads there can change before the commit. The visits are passed as one JSON
 * parameter, because D1 accepts no more than a hundred parameters.
 */
export function createSqliteStore(options: SqliteStoreOptions): VisitStore {
  const { db, log, close = () => {} } = options;
  const inTurn = createBusyRetry(options);
  // Both types have these methods, but TypeScript cannot call a union of them.
  const database = db as DrizzleD1Database;

  return {
    async commit(visits) {
      const given = sql`json_each(${JSON.stringify(visits)})`;
      const field = (name: string) => sql.raw(`json_each.value ->> '${name}'`);
      const appendUnseen = database.insert(accessLog).select(
        sql`select
          ${globalCounter.value} + row_number() over (order by json_each.key),
          ${field('requestId')}, ${SQLITE_NOW_MS}, ${field('clientIp')}, ${field('serverIp')}, ${field('sid')}
          from ${globalCounter}, ${given}
          where ${field('requestId')} not in (select ${accessLog.requestId} from ${accessLog})`,
      );
      const moveCounter = database.update(globalCounter).set({ value: sql`${globalCounter.value} + changes()` });
      const numbersInOrder = database
        .select({ number: accessLog.number })
        .from(given)
        .innerJoin(accessLog, sql`${accessLog.requestId} = ${field('requestId')}`)
        .orderBy(asc(sql`json_each.key`));
      try {
        const [, , rows] = await inTurn(() => database.batch([appendUnseen, moveCounter, numbersInOrder]));
        if (rows.length !== visits.length) throw new MissingCounterError();
        return rows.map(({ number }) => visitNumber(number));
      } catch (error) {
        const inDoubt = !(error instanceof MissingCounterError || isAnswered(error));
        const kind = inDoubt ? CommitInDoubtError : StoreUnavailableError;
        const fields = { visits: visits.length, inDoubt };
        throw storeFailure({ log, error, message: 'visits could not be committed', fields, kind });
      }
    },

    async count() {
      try {
        const [row] = await inTurn(async () => database.select({ value: globalCounter.value }).from(globalCounter));
        if (!row) throw new MissingCounterError();
        return visitNumber(row.value);
      } catch (error) {
        throw storeFailure({ log, error, message: 'the counter could not be read' });
      }
    },

    async checkWritable() {
      try {
        await inTurn(async () => database.run(WRITE_NOTHING));
      } catch (error) {
        throw storeFailure({ log, error, message: 'visits could not be written' });
      }
    },

    async purge({ ageMs, upTo, limit }) {
      const oldest = database
        .select({ number: accessLog.number })
        .from(accessLog)
        .where(and(sql`${accessLog.time} < ${SQLITE_NOW_MS} - ${ageMs}`, lte(accessLog.number, upTo)))
        .orderBy(asc(accessLog.time))
        .limit(limit);
      const removeOld = database
        .delete(accessLog)
        .where(inArray(accessLog.number, oldest))
        .returning({ number: accessLog.number });
      try {
        return (await inTurn(async () => removeOld)).length;
      } catch (error) {
        throw storeFailure({ log, error, message: 'old visits could not be removed' });
      }
    },

    async close() {
      close();
    },
  };
}

/** Takes the write lock, and fails where an insert would fail. */
const WRITE_NOTHING = sql`insert into ${accessLog} (number, request_id, time, client_ip, server_ip, sid)
  select value, '', 0, '', '', '' from ${globalCounter} where false`;
