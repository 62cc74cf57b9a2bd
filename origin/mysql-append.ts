import { inArray, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import { accessLog, globalCounter } from '../drizzle/mysql-schema.ts';
import { MissingCounterError } from './errors.ts';
import { rootCause } from './root-cause.ts';
import type { Visit } from './visit.ts';

export interface AppendOptions {
  visits: readonly Visit[];
  /** Is called right before a COMMIT is sent, from when on it is not known what became of the visits. */
  onCommit: () => void;
  /** Is called when the server has said that it rolled back: it is known again. */
  onRollback: () => void;
  /** Whether the connection takes several statements at once. */
  multipleStatements: boolean;
}

/**
 * Counts visits in one transaction, those that have a row already not again.
 *
 * @returns each visit's number, in the order given
 */
export async function appendVisits(db: MySql2Database, options: AppendOptions): Promise<number[]> {
  const { visits, onRollback } = options;
  try {
    const counter = await append(db, options);
    return visits.map((_, index) => counter + 1 + index);
  } catch (error) {
    const { code } = rootCause(error) as { code?: unknown };
    if (code === 'ER_BAD_NULL_ERROR') throw new MissingCounterError(undefined, { cause: error });
    if (code !== 'ER_DUP_ENTRY') throw error;
    await db.execute(sql`rollback`);
    onRollback();
    const numbers = await numbersOf(db, visits);
    if (numbers.size === 0) throw error;
    const unseen = visits.filter(({ requestId }) => !numbers.has(requestId));
    const appended = unseen.length > 0 ? await appendVisits(db, { ...options, visits: unseen }) : [];
    for (const [index, { requestId }] of unseen.entries()) numbers.set(requestId, appended[index] as number);
    return visits.map(({ requestId }) => numbers.get(requestId) as number);
  }
}

/**
 * Takes no visit for a retry; the unique key on the request id fails the transaction if one is. Whoever has the counter's lock
 * is alone, and where all goes to the server at once, has it no longer than the server takes: a replica that hangs, or is cut
 * off, does not keep the others from it, unless a visit was a retry and the server waits for the ROLLBACK.
 *
 * @returns where the counter stood before
 */
async function append(db: MySql2Database, { visits, onCommit, multipleStatements }: AppendOptions): Promise<number> {
  const statements = [
    sql`start transaction`,
    // Without a row it would stay what the transaction before made of it.
    sql`set @counter = null`,
    sql`select ${globalCounter.value} into @counter from ${globalCounter} for update`,
    sql`insert into ${accessLog} (${INSERTED_COLUMNS}) values ${sql.param(rowsOf(visits))}`,
    sql`update ${globalCounter} set value = @counter + ${visits.length}`,
    sql`select @counter as counter`,
  ];
  const commit = sql`commit`;
  if (multipleStatements) {
    onCommit();
    const [results] = await db.execute(sql.join([...statements, commit], sql`; `));
    return counterIn((results as unknown as unknown[]).at(-2));
  }
  let result: unknown;
  for (const statement of statements) [result] = await db.execute(statement);
  onCommit();
  await db.execute(commit);
  return counterIn(result);
}

function counterIn(result: unknown): number {
  const [{ counter }] = result as [{ counter: number }];
  return counter;
}

const INSERTED_COLUMNS = sql.join(
  (['number', 'requestId', 'time', 'clientIp', 'serverIp', 'sid'] as const).map((key) =>
    sql.identifier(accessLog[key].name),
  ),
  sql`, `,
);

/**
 * The rows go to the driver as one parameter, a list of lists, which it writes as `(…), (…)`: Drizzle's own `values` make a
 * parameter of each field, and take several times as long for it as all the rest of a visit's way to the database.
 */
function rowsOf(visits: readonly Visit[]): unknown[][] {
  return visits.map((visit, index) => [
    { toSqlString: () => `@counter + ${index + 1}` },
    visit.requestId,
    { toSqlString: () => 'utc_timestamp(3)' },
    visit.clientIp,
    visit.serverIp,
    visit.sid,
  ]);
}

/** The numbers of those visits that have a row. */
async function numbersOf(db: MySql2Database, visits: readonly Visit[]): Promise<Map<string, number>> {
  const requestIds = visits.map(({ requestId }) => requestId);
  const seen = await db
    .select({ requestId: accessLog.requestId, number: accessLog.number })
    .from(accessLog)
    .where(inArray(accessLog.requestId, requestIds));
  return new Map(seen.map(({ requestId, number }) => [requestId, number]));
}
