import { type SQL, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import type { ResultSetHeader } from 'mysql2';
import { SET_WITHIN_TRANSACTION } from './requirements.ts';

export const START_TRANSACTION = sql`start transaction`;

/** Not plain `commit`: depending on `completion_type` that would open another transaction or disconnect. */
const COMMIT = sql`commit and no chain no release`;

export interface TransactionOptions {
  statements: readonly SQL[];
  /** Whether the connection accepts several statements in one packet. */
  takesSeveralStatements: boolean;
  /** Called right before a COMMIT is sent. From then on the outcome is unknown until the server answers. */
  onCommit: () => void;
}

/**
 * Runs statements in one transaction, in one packet where the connection allows it: the server then never waits for a client
 * that hangs or is cut off while the transaction holds locks.
 *
 * @returns the result of each statement
 */
export async function runTransaction(db: MySql2Database, options: TransactionOptions): Promise<ResultSetHeader[]> {
  const { statements, takesSeveralStatements, onCommit } = options;
  if (takesSeveralStatements) {
    onCommit();
    return (await runAtOnce(db, [START_TRANSACTION, ...statements, COMMIT])).slice(1, -1);
  }
  await db.execute(START_TRANSACTION);
  await db.execute(sql.raw(SET_WITHIN_TRANSACTION));
  const results: ResultSetHeader[] = [];
  for (const statement of statements) results.push((await db.execute<ResultSetHeader>(statement))[0]);
  onCommit();
  await db.execute(COMMIT);
  return results;
}

/** Runs statements in one packet. Returns the result of each. */
export async function runAtOnce(db: MySql2Database, statements: readonly SQL[]): Promise<ResultSetHeader[]> {
  const [results] = await db.execute(sql.join([...statements], sql`; `));
  return results as unknown as ResultSetHeader[];
}
