import type { ConnectionPool, PooledConnection } from '../../app/storage/mysql/connection.ts';

/** A connection pool that counts the connections in use. */
export interface PoolUsage {
  source: ConnectionPool;
  inUse(): number;
  /** The number of callers that wait for a connection. */
  waiting(): number;
}

/** Wraps a pool. A connection counts as in use from its check-out until `release` or `destroy`. */
export function createPoolUsage(source: ConnectionPool): PoolUsage {
  let inUse = 0;
  let waiting = 0;

  function checkOut(connection: PooledConnection): PooledConnection {
    inUse++;
    let isCheckedOut = true;
    const giveBack = () => {
      if (isCheckedOut) inUse--;
      isCheckedOut = false;
    };
    // Override in a derived object, not on the connection itself, which the pool hands out again.
    return Object.assign(Object.create(connection) as PooledConnection, {
      release() {
        giveBack();
        connection.release();
      },
      destroy() {
        giveBack();
        connection.destroy();
      },
    });
  }

  return {
    source: {
      async getConnection(deadline) {
        waiting++;
        try {
          return checkOut(await source.getConnection(deadline));
        } finally {
          waiting--;
        }
      },
      end: () => source.end(),
    },
    inUse: () => inUse,
    waiting: () => waiting,
  };
}
