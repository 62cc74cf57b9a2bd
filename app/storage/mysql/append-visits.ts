import { inArray, type SQL, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import type { ResultSetHeader } from 'mysql2';
import { accessLog, globalCounter } from '../../../drizzle/mysql-schema.ts';
import { rootCause } from '../../lib/root-cause.ts';
import { MissingCounterError } from '../../visits/errors.ts';
import type { Visit } from '../../visits/visit.ts';
import { visitNumber } from '../../visits/visit-number.ts';
import { MYSQL_NOW } from '../database-clock.ts';
import { runAtOnce, runTransaction, START_TRANSACTION, type TransactionOptions } from './transaction.ts';
import { UNCACHED } from './uncached.ts';

export interface AppendOptions extends Pick<TransactionOptions, 'takesSeveralStatements' | 'onCommit'> {
  visits: readonly Visit[];
  /** Called when the server has reported a rollback, so the outcome is known. */
  onRollback: () => void;
}

/**
 * Counts visits in one transaction. Visits that already have a row are not counted again.
 *
 * Where the connection allows, the whole transaction is one packet. The server then never waits for the client while it holds
 * the counter's lock, so that a client that hangs or is cut off blocks nobody. The first packet assumes that no visit is a
 * retry, because that is cheaper, and rolls itself back when one is. The second inserts only visits without a row.
 *
 * @returns each visit's number, in the order given
 */
export async function appendVisits(db: MySql2Database, options: AppendOptions): Promise<number[]> {
  const { visits, onCommit, onRollback, takesSeveralStatements } = options;
  try {
    if (takesSeveralStatements) {
      onCommit();
      const [, counted, inserted] = await runAtOnce(db, insertAll(visits));
      const isCommitted = inserted?.affectedRows === visits.length && inserted.warningStatus === 0;
      if (isCommitted) return numbersUpTo(lastInsertId(counted), visits.length);
      onRollback();
    }
    return await appendUnseen(db, options);
  } catch (error) {
    const { code } = rootCause(error) as { code?: unknown };
    if (code === 'ER_BAD_NULL_ERROR') throw new MissingCounterError(undefined, { cause: error });
    throw error;
  }
}

/** Inserts the visits that have no row yet. Reads the numbers of the others after the counter's lock is released. */
async function appendUnseen(db: MySql2Database, options: AppendOptions): Promise<number[]> {
  const { visits, onCommit, takesSeveralStatements } = options;
  const statements = insertUnseen(visits);
  const results = await runTransaction(db, { statements, takesSeveralStatements, onCommit });
  const inserted = (results[1] as ResultSetHeader).affectedRows;
  if (inserted === visits.length) return numbersUpTo(lastInsertId(results[2]), inserted);

  const numbers = await numbersOf(db, visits);
  // A visit that had a row a moment ago and has none now: retention removed the row. It is counted again.
  const unseen = visits.filter(({ requestId }) => !numbers.has(requestId));
  const appended = unseen.length > 0 ? await appendUnseen(db, { ...options, visits: unseen }) : [];
  for (const [index, { requestId }] of unseen.entries()) numbers.set(requestId, appended[index] as number);
  return visits.map(({ requestId }) => numbers.get(requestId) as number);
}

const INSERTED_COLUMNS = sql.join(
  (['number', 'requestId', 'time', 'clientIp', 'serverIp', 'sid'] as const).map((key) =>
    sql.identifier(accessLog[key].name),
  ),
  sql`, `,
);

/**
 * Returns the first packet. No visit may make a statement fail, because an error ends the packet and leaves the lock to a
 * client that may be gone. So `insert ignore` turns problems into warnings and missing rows, and the server then rolls back
 * by itself.
 */
function insertAll(visits: readonly Visit[]): SQL[] {
  return [
    START_TRANSACTION,
    sql`update ${globalCounter} set value = last_insert_id(value + ${visits.length})`,
    sql`insert ignore into ${accessLog} (${INSERTED_COLUMNS}) values ${sql.param(rowsOf(visits))}`,
    sql`set @end = if(row_count() = ${visits.length} and @@warning_count = 0, 'commit', 'rollback')`,
    sql`prepare finish from @end`,
    sql`execute finish`,
  ];
}

/**
 * Returns the rows as one parameter, a list of lists, which the driver writes as `(…), (…)`. Drizzle's own `values` would
 * make every field a parameter, and take several times longer than the rest of a visit's way to the database.
 */
function rowsOf(visits: readonly Visit[]): unknown[][] {
  return visits.map(({ requestId, clientIp, serverIp, sid }, index) => {
    const number = `last_insert_id() - ${visits.length - 1 - index}`;
    // Without a counter `last_insert_id()` is an old one's. A null is no number, so the server rolls back.
    const checked = index === 0 ? `if(row_count() = 1, ${number}, null)` : number;
    return [asSql(checked), requestId, asSql('utc_timestamp(3)'), clientIp, serverIp, sid];
  });
}

function asSql(text: string) {
  return { toSqlString: () => text };
}

/** If the table has no row, `@counter` is null, and so is every number: the insert then fails. */
const LOCK_COUNTER = sql`select max(${globalCounter.value}) into @counter from ${globalCounter} for update`;

/**
 * Returns the statements of the second packet, without start and end. The JSON columns are wider than the table's, so that a
 * value that does not fit raises an error and is not truncated.
 */
function insertUnseen(visits: readonly Visit[]): SQL[] {
  const given = JSON.stringify(visits);
  return [
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
  ];
}

function lastInsertId(result: ResultSetHeader | undefined): number {
  return visitNumber((result as ResultSetHeader).insertId);
}

function numbersUpTo(last: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => last - count + 1 + index);
}

/** Returns the numbers of the visits that have a row, by request id. */
async function numbersOf(db: MySql2Database, visits: readonly Visit[]): Promise<Map<string, number>> {
  const requestIds = visits.map(({ requestId }) => requestId);
  const seen = await db
    .select({ requestId: accessLog.requestId, number: accessLog.number, uncached: UNCACHED })
    .from(accessLog)
    .where(inArray(accessLog.requestId, requestIds));
  return new Map(seen.map(({ requestId, number }) => [requestId, number]));
}
