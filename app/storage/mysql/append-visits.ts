import { inArray, type SQL, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import type { ResultSetHeader } from 'mysql2';
import { accessLog, globalCounter } from '../../../drizzle/mysql-schema.ts';
import { rootCause } from '../../lib/root-cause.ts';
import { MissingCounterError } from '../../visits/errors.ts';
import type { Visit } from '../../visits/visit.ts';
import { visitNumber } from '../../visits/visit-number.ts';
import { MYSQL_NOW } from '../database-clock.ts';
import { SET_WITHIN_TRANSACTION } from './requirements.ts';
import { UNCACHED } from './uncached.ts';

export interface AppendOptions {
  visits: readonly Visit[];
  /** Is called right before a COMMIT is sent, from when on it is not known what became of the visits. */
  onCommit: () => void;
  /** Is called when the server has said that it rolled back: it is known again. */
  onRollback: () => void;
  /** Whether the connection takes several statements in one packet. */
  takesSeveralStatements: boolean;
}

/**
 * Counts visits in one transaction, those that have a row already not again.
 *
 * The whole transaction is one packet where the connection takes that, so that the server never waits for the client while
 * it holds the counter's lock: a client that hangs or is cut off keeps nobody from counting. The first packet takes no visit
 * for a retry, because that is cheaper, and rolls itself back when one is; the second inserts only what has no row yet.
 *
 * @returns each visit's number, in the order given
 */
export async function appendVisits(db: MySql2Database, options: AppendOptions): Promise<number[]> {
  const { visits, onCommit, onRollback, takesSeveralStatements } = options;
  try {
    if (takesSeveralStatements) {
      const statements = insertAll(visits);
      onCommit();
      const counter = lastInsertId(await runAtOnce(db, statements), statements.length - 3);
      if (counter > 0) return numbersUpTo(counter, visits.length);
      onRollback();
    }
    return await appendUnseen(db, options);
  } catch (error) {
    const { code } = rootCause(error) as { code?: unknown };
    if (code === 'ER_BAD_NULL_ERROR') throw new MissingCounterError(undefined, { cause: error });
    throw error;
  }
}

/** Inserts the visits that have no row yet, and reads the numbers of the others once the counter's lock is released. */
async function appendUnseen(db: MySql2Database, options: AppendOptions): Promise<number[]> {
  const { visits, onCommit, takesSeveralStatements } = options;
  const [start, ...statements] = insertUnseen(visits) as [SQL, ...SQL[]];
  let results: unknown[];
  if (takesSeveralStatements) {
    onCommit();
    results = (await runAtOnce(db, [start, ...statements])).slice(1);
  } else {
    await db.execute(start);
    await db.execute(sql.raw(SET_WITHIN_TRANSACTION));
    results = [];
    for (const statement of statements) {
      if (statement === COMMIT) onCommit();
      results.push((await db.execute(statement))[0]);
    }
  }
  const inserted = (results[1] as ResultSetHeader).affectedRows;
  if (inserted === visits.length) return numbersUpTo(lastInsertId(results, 2), inserted);

  const numbers = await numbersOf(db, visits);
  // A row that was there a moment ago and is not any more was removed for its age.
  const unseen = visits.filter(({ requestId }) => !numbers.has(requestId));
  const appended = unseen.length > 0 ? await appendUnseen(db, { ...options, visits: unseen }) : [];
  for (const [index, { requestId }] of unseen.entries()) numbers.set(requestId, appended[index] as number);
  return visits.map(({ requestId }) => numbers.get(requestId) as number);
}

/** Not plain `commit`: with `completion_type` that would open another transaction, or disconnect. */
const COMMIT = sql`commit and no chain no release`;

/** Without a row the counter is null, and so is every number: the insert fails. */
const LOCK_COUNTER = sql`select max(${globalCounter.value}) into @counter from ${globalCounter} for update`;

const INSERTED_COLUMNS = sql.join(
  (['number', 'requestId', 'time', 'clientIp', 'serverIp', 'sid'] as const).map((key) =>
    sql.identifier(accessLog[key].name),
  ),
  sql`, `,
);

/**
 * Fails for nothing that a visit can be, since a failure would leave the lock to a client that may be gone: what an `insert
 * ignore` passes over or changes it counts as a warning, and the server then rolls back by itself. The counter's new value
 * comes back as the update's insert id, 0 where it rolled back.
 */
function insertAll(visits: readonly Visit[]): SQL[] {
  const moved = sql`if(@end = 'commit', @counter + ${visits.length}, 0)`;
  return [
    sql`start transaction`,
    LOCK_COUNTER,
    sql`insert ignore into ${accessLog} (${INSERTED_COLUMNS}) values ${sql.param(rowsOf(visits))}`,
    sql`set @end = if(row_count() = ${visits.length} and @@warning_count = 0, 'commit', 'rollback')`,
    sql`update ${globalCounter} set value = last_insert_id(${moved})`,
    sql`prepare finish from @end`,
    sql`execute finish`,
  ];
}

/**
 * The rows go to the driver as one parameter, a list of lists, which it writes as `(…), (…)`: Drizzle's own `values` make a
 * parameter of each field, and take several times as long for it as all the rest of a visit's way to the database.
 */
function rowsOf(visits: readonly Visit[]): unknown[][] {
  return visits.map(({ requestId, clientIp, serverIp, sid }, index) => [
    { toSqlString: () => `@counter + ${index + 1}` },
    requestId,
    { toSqlString: () => 'utc_timestamp(3)' },
    clientIp,
    serverIp,
    sid,
  ]);
}

/** The columns of the JSON are wider than the table's, so that a value that does not fit is refused and not cut. */
function insertUnseen(visits: readonly Visit[]): SQL[] {
  const given = JSON.stringify(visits);
  return [
    sql`start transaction`,
    LOCK_COUNTER,
    sql`insert into ${accessLog} (${INSERTED_COLUMNS})
        select @counter + row_number() over (order by place), given_id, ${MYSQL_NOW}, client, server, given_sid
        from json_table(${given}, '$[*]' columns (
          place for ordinality,
          given_id varchar(255) character set ascii collate ascii_bin path '$.requestId',
          client varchar(255) path '$.clientIp',
          server varchar(255) path '$.serverIp',
          given_sid varchar(255) path '$.sid'
        )) as given
        where not exists (select 1 from ${accessLog} where ${accessLog.requestId} = given_id)`,
    sql`update ${globalCounter} set value = last_insert_id(value + row_count())`,
    COMMIT,
  ];
}

async function runAtOnce(db: MySql2Database, statements: SQL[]): Promise<unknown[]> {
  const [results] = await db.execute(sql.join(statements, sql`; `));
  return results as unknown as unknown[];
}

function lastInsertId(results: unknown[], index: number): number {
  return visitNumber((results[index] as ResultSetHeader).insertId);
}

function numbersUpTo(last: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => last - count + 1 + index);
}

/** The numbers of those visits that have a row. */
async function numbersOf(db: MySql2Database, visits: readonly Visit[]): Promise<Map<string, number>> {
  const requestIds = visits.map(({ requestId }) => requestId);
  const seen = await db
    .select({ requestId: accessLog.requestId, number: accessLog.number, uncached: UNCACHED })
    .from(accessLog)
    .where(inArray(accessLog.requestId, requestIds));
  return new Map(seen.map(({ requestId, number }) => [requestId, number]));
}
