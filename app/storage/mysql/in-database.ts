import type { RowDataPacket } from 'mysql2';
import { startDeadline } from '../../lib/deadline.ts';
import { type ConnectionPool, type PooledConnection, withConnection } from './connection.ts';
import { ReadOnlyServerError } from './errors.ts';
import { isOn } from './server-state.ts';

export interface InDatabaseOptions {
  pool: ConnectionPool;
  /** Deadline of one call, in milliseconds, including retries and the wait for a connection. */
  deadlineMs: number;
}

/**
 * Runs work on a connection.
 *
 * @param toError makes the error to throw from the one that occurred
 * @param kind what the work does; only a `read` may be repeated after it has succeeded
 */
export type InDatabase = <T>(
  work: Parameters<typeof withConnection<T>>[2],
  toError: (error: unknown) => Error,
  kind?: 'read' | 'write',
) => Promise<T>;

/** Returns a function that runs work on a connection of the pool within a deadline. */
export function createInDatabase({ pool, deadlineMs }: InDatabaseOptions): InDatabase {
  return async (work, toError, kind = 'write') => {
    try {
      using deadline = startDeadline(deadlineMs);
      return await withConnection(pool, deadline.signal, async (db, connection) => {
        const result = await work(db, connection);
        // A write that succeeded shows by itself that the server accepts writes.
        if (kind === 'read' && connection.serverFailed) await requireWritable(connection);
        return result;
      });
    } catch (error) {
      throw toError(error);
    }
  };
}

/**
 * Of several servers, one that has become read-only may be behind the one that accepts writes since then. Ask after the read: then
 * the server accepted writes when it was made.
 *
 * @throws {ReadOnlyServerError} when it does not
 */
async function requireWritable(connection: PooledConnection): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>('select @@global.read_only as readOnly');
  if (isOn(`${rows[0]?.readOnly}`)) throw new ReadOnlyServerError();
}
