import { startDeadline } from '../../lib/deadline.ts';
import { type ConnectionPool, withConnection } from './connection.ts';

export interface InDatabaseOptions {
  pool: ConnectionPool;
  /** Deadline of one call, in milliseconds, including retries and the wait for a connection. */
  deadlineMs: number;
}

/** Runs work on a connection. @param toError makes the error to throw from the one that occurred */
export type InDatabase = <T>(
  work: Parameters<typeof withConnection<T>>[2],
  toError: (error: unknown) => Error,
) => Promise<T>;

/** Returns a function that runs work on a connection of the pool within a deadline. */
export function createInDatabase({ pool, deadlineMs }: InDatabaseOptions): InDatabase {
  return async (work, toError) => {
    try {
      using deadline = startDeadline(deadlineMs);
      return await withConnection(pool, deadline.signal, work);
    } catch (error) {
      throw toError(error);
    }
  };
}
