import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import type { Connection } from 'mysql2/promise';
import { backoffMs } from '../../lib/backoff.ts';
import { delay } from '../../lib/delay.ts';
import { untilAborted } from '../../lib/until-aborted.ts';
import { isLockTimeout, isOutcomeUnknown, isReadOnlyServer, isRolledBack } from './errors.ts';
import { NoWritableServerError } from './writable-server.ts';

/** A connection of the pool: `release` returns it, `destroy` closes it at once. */
export type PooledConnection = Connection & {
  release(): void;
  /** Whether it accepts several statements in one packet. */
  takesSeveralStatements: boolean;
  /** Call it when its server failed or is read-only. Only where there are several servers. */
  serverFailed?: () => void;
  /** Call it when a lock of its server was not released in time. Only where there are several servers. */
  serverStalled?: () => void;
};

/** Provides connections that `ServerRequirements` has prepared. */
export interface ConnectionPool {
  /** @param deadline aborts when nobody waits for the connection any more; the pool then gives up connecting */
  getConnection(deadline: AbortSignal): Promise<PooledConnection>;
  /** Closes the idle connections. */
  end(): Promise<void>;
}

/** The connection broke, or was cut at the deadline, while work was running. The outcome on the server is unknown. */
export class ConnectionBrokenError extends Error {
  override name = 'ConnectionBrokenError';
}

/** Pauses before retrying a transaction that was not committed, each shortened at random. */
const RETRY_BACKOFF = { firstMs: 2, lastMs: 50 };

/**
 * Runs work on a connection of the pool. While the server rolls the transaction back, for example after a deadlock, or while
 * another server becomes the one that accepts writes, it retries until the deadline. At the deadline it closes the connection:
 * nothing else ends a query that hangs. The server then rolls back the open transaction, unless it has already received a COMMIT.
 *
 * @throws {ConnectionBrokenError} when the work began and its outcome is unknown
 * @throws the driver's error when there was no connection or the server returned an error
 */
export async function withConnection<T>(
  source: ConnectionPool,
  deadline: AbortSignal,
  work: (db: MySql2Database, connection: PooledConnection) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await workOnce(source, deadline, work);
    } catch (error) {
      const isMoving = error instanceof NoWritableServerError && error.isMoving;
      if (!(isRolledBack(error) || isMoving) || deadline.aborted) throw error;
      await delay(backoffMs(attempt, RETRY_BACKOFF) * Math.random(), deadline);
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
    // The connection may be broken or inside a transaction. Finding out costs more than a new one.
    connection.destroy();
    const isUnknown = deadline.aborted || isOutcomeUnknown(error);
    const isReadOnly = isReadOnlyServer(error);
    if (isUnknown || isReadOnly) connection.serverFailed?.();
    if (isLockTimeout(error)) connection.serverStalled?.();
    if (isUnknown) throw new ConnectionBrokenError('the connection to the database broke', { cause: error });
    if (isReadOnly && connection.serverFailed) {
      throw new NoWritableServerError('the database server became read-only', true, { cause: error });
    }
    throw error;
  }
}

/** Returns a connection. One that arrives after the deadline goes straight back to the pool. */
async function acquire(source: ConnectionPool, deadline: AbortSignal): Promise<PooledConnection> {
  const connection = await source.getConnection(deadline);
  if (deadline.aborted) connection.release();
  return connection;
}
