import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import type { Connection } from 'mysql2/promise';
import { untilAborted } from './deadline.ts';
import { rootCause } from './root-cause.ts';

/**
 * What a session is told before its first use. Committed rows are to be seen at once by who checks for a retry. A lock is to
 * be waited for no longer than leaves the server time to say so before the store's own deadline, which would leave a commit in
 * doubt. The driver escapes quotes by backslashes, which the server's `sql_mode` is not to take their meaning; and what is no
 * value is to be refused, not written as 0.
 */
export const SESSION_SETTINGS = [
  'set session transaction isolation level read committed',
  'set session innodb_lock_wait_timeout = 2',
  "set session sql_mode = concat(replace(@@sql_mode, 'NO_BACKSLASH_ESCAPES', ''), ',STRICT_ALL_TABLES')",
];

/** A connection that is given back with `release`, or ended at once with `destroy`. */
export type LentConnection = Connection & { release(): void };

/** Where connections with the `SESSION_SETTINGS` come from: mysql2's own pool is such a source. */
export interface ConnectionSource {
  /** @param deadline when nobody waits for it any more: a source that makes one for each need not begin then */
  getConnection(deadline?: AbortSignal): Promise<LentConnection>;
  /** Closes the connections it keeps. */
  end(): Promise<void>;
}

/** The connection broke, or was cut at the deadline, while work was under way: what the server made of it is not known. */
export class ConnectionBrokenError extends Error {
  override name = 'ConnectionBrokenError';
}

/**
 * Runs work on one connection of the source. When the deadline passes, the connection is cut: that alone ends a query that
 * hangs, and the server rolls back what was open, unless it has a COMMIT to read first.
 *
 * @throws {ConnectionBrokenError} when the work began and its end is not known
 * @throws the driver's error when there was no connection, or the server refused
 */
export async function withConnection<T>(
  source: ConnectionSource,
  deadline: AbortSignal,
  work: (db: MySql2Database) => Promise<T>,
): Promise<T> {
  const connection = await untilAborted(acquire(source, deadline), deadline);
  try {
    const result = await untilAborted(work(drizzle({ client: connection })), deadline);
    connection.release();
    return result;
  } catch (error) {
    // A transaction may be half done on it, and it may be dead: not worth finding out.
    connection.destroy();
    if (deadline.aborted || isBroken(error)) {
      throw new ConnectionBrokenError('the connection to the database broke', { cause: error });
    }
    throw error;
  }
}

/** A connection that comes when nobody waits for it any more goes straight back. */
async function acquire(source: ConnectionSource, deadline: AbortSignal): Promise<LentConnection> {
  const connection = await source.getConnection(deadline);
  if (deadline.aborted) connection.release();
  return connection;
}

/**
 * Whether an error is the connection's and not the server's answer to a statement. A server that shuts down or kills the
 * connection (SQLSTATE classes 08 and 70) sends an answer, too, but none that tells what became of the transaction.
 */
function isBroken(error: unknown): boolean {
  const { fatal, sqlState } = rootCause(error) as { fatal?: unknown; sqlState?: unknown };
  return fatal === true || (typeof sqlState === 'string' && /^(08|70)/.test(sqlState));
}
