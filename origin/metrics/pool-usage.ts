import type { ConnectionPool, PooledConnection } from '../../app/storage/mysql/connection.ts';

/** A source of connections that knows how many it has lent. */
export interface PoolUsage {
  source: ConnectionPool;
  /** How many are lent now. */
  inUse(): number;
  /** How many are asked for and not there yet. */
  waiting(): number;
}

/** Counts a source's connections from when one is asked for until it is given back, by `release` or by `destroy`. */
export function createPoolUsage(source: ConnectionPool): PoolUsage {
  let inUse = 0;
  let waiting = 0;

  function checkOut(connection: PooledConnection): PooledConnection {
    inUse++;
    let isLent = true;
    const giveBack = () => {
      if (isLent) inUse--;
      isLent = false;
    };
    // In front of the connection, not in it: the source may lend the same one again.
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
