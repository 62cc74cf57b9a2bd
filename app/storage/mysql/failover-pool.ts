import type { ConnectionPool } from './connection.ts';
import { isConnectionError } from './errors.ts';
import { NoWritableServerError, type WritableServer } from './writable-server.ts';

export interface FailoverPoolOptions<S> {
  writable: Pick<WritableServer<S>, 'find' | 'lost' | 'stalled'>;
  /** Opens a pool of connections to one server. */
  openPool: (server: S) => ConnectionPool;
}

/** Provides connections to the one of several servers that accepts writes, through a pool for each. */
export function createFailoverPool<S>({ writable, openPool }: FailoverPoolOptions<S>): ConnectionPool {
  // The pool of a server that is no longer used stays: ending it would fail the calls that wait for its connections, although
  // they may be repeated on another server.
  const pools = new Map<S, ConnectionPool>();

  function poolOf(server: S): ConnectionPool {
    const pool = pools.get(server) ?? openPool(server);
    pools.set(server, pool);
    return pool;
  }

  return {
    async getConnection(deadline) {
      const server = await writable.find(deadline);
      try {
        const connection = await poolOf(server).getConnection(deadline);
        const serverFailed = () => writable.lost(server);
        const serverStalled = () => writable.stalled(server);
        return Object.assign(connection, { serverFailed, serverStalled });
      } catch (error) {
        writable.lost(server);
        if (!isConnectionError(error)) throw error;
        throw new NoWritableServerError('the database server is gone', true, { cause: error });
      }
    },
    async end() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}
