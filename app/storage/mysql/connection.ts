import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import type { Connection } from 'mysql2/promise';
import { untilAborted } from '../../lib/deadline.ts';
import { delay } from '../../lib/delay.ts';
import { isConnectionError, isRolledBack } from './errors.ts';

/** A connection that is given back with `release`, or ended at once with `destroy`. */
export type PooledConnection = Connection & {
  release(): void;
  /** Whether it takes several statements in one packet. */
  takesSeveralStatements: boolean;
};

/** Where connections come from that `ServerRequirements` has prepared. */
export interface ConnectionPool {
  /** @param deadline when nobody waits for it any more: the source gives up what it had begun */
  getConnection(deadline: AbortSignal): Promise<PooledConnection>;
  /** Closes the connections it keeps. */
  end(): Promise<void>;
}

/** The connection broke, or was cut at the deadline, while work was under way: what the server made of it is not known. */
export class ConnectionBrokenError extends Error {
  override name = 'ConnectionBrokenError';
}

/** Pauses between tries of a transaction that the server rolled back, in milliseconds; each is cut short at random. */
const FIRST_PAUSE_MS = 2;
const LAST_PAUSE_MS = 50;

/**
 * Runs work on one connection of the source, again and again until the deadline while the server rolls it back, as after a
 * deadlock. When the deadline passes, the connection is cut: that alone ends a query that hangs, and the server rolls back
 * what was open, unless it has a COMMIT to read first.
 *
 * @throws {ConnectionBrokenError} when the work began and its end is not known
 * @throws the driver's error when there was no connection, or the server refused
 */
export async function withConnection<T>(
  source: ConnectionPool,
  deadline: AbortSignal,
  work: (db: MySql2Database, connection: PooledConnection) => Promise<T>,
): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LAST_PAUSE_MS)) {
    try {
      return await workOnce(source, deadline, work);
    } catch (error) {
      if (!isRolledBack(error) || deadline.aborted) throw error;
      await delay(pauseMs * Math.random(), deadline);
      if (deadline.aborted) throw error;
    }
  }
}

async function workOnce<T>(
  source: ConnectionPool,
  deadline: AbortSignal,
  work: (db: MySql2Database, connection: PooledConnection) => Promise<T>,
): Promise<T> {
  const connection = await untilAborted(acquire(source, deadline), deadline);
  try {
    const result = await untilAborted(work(drizzle({ client: connection }), connection), deadline);
    connection.release();
    return result;
  } catch (error) {
    // A transaction may be half done on it, and it may be dead: not worth finding out.
    connection.destroy();
    if (deadline.aborted || isConnectionError(error)) {
      throw new ConnectionBrokenError('the connection to the database broke', { cause: error });
    }
    throw error;
  }
}

/** A connection that comes when nobody waits for it any more goes straight back. */
async function acquire(source: ConnectionPool, deadline: AbortSignal): Promise<PooledConnection> {
  const connection = await source.getConnection(deadline);
  if (deadline.aborted) connection.release();
  return connection;
}
