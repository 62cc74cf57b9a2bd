import type { ConnectionPool } from './connection.ts';
import { isConnectionError } from './errors.ts';
import { NoWritableServerError, type WritableServer } from './writable-server.ts';

export interface FailoverPoolOptions<S> {
  writable: WritableServer<S>;
  /** Opens a pool of connections to one server. */
  openPool: (server: S) => ConnectionPool;
}

/** Provides connections to the one of several servers that accepts writes, through a pool that is replaced when it changes. */
export function createFailoverPool<S>({ writable, openPool }: FailoverPoolOptions<S>): ConnectionPool {
  let current: { server: S; pool: ConnectionPool } | undefined;

  function poolOf(server: S): ConnectionPool {
    if (current?.server === server) return current.pool;
    // Its connections finish what they are doing.
    current?.pool.end().catch(() => {});
    current = { server, pool: openPool(server) };
    return current.pool;
  }

  return {
    async getConnection(deadline) {
      const server = await writable.find(deadline);
      try {
        const connection = await poolOf(server).getConnection(deadline);
        return Object.assign(connection, { serverFailed: () => writable.lost(server) });
      } catch (error) {
        writable.lost(server);
        if (!isConnectionError(error)) throw error;
        throw new NoWritableServerError('the database server is gone', true, { cause: error });
      }
    },
    async end() {
      await current?.pool.end();
    },
  };
}
