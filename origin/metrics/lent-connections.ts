import type { ConnectionSource, LentConnection } from '../../app/storage/mysql/connection.ts';

/** A source of connections that knows how many it has lent. */
export interface LentConnections {
  source: ConnectionSource;
  /** How many are lent now. */
  inUse(): number;
  /** How many are asked for and not there yet. */
  waiting(): number;
}

/** Counts a source's connections from when one is asked for until it is given back, by `release` or by `destroy`. */
export function createLentConnections(source: ConnectionSource): LentConnections {
  let inUse = 0;
  let waiting = 0;

  function lend(connection: LentConnection): LentConnection {
    inUse++;
    let isLent = true;
    const giveBack = () => {
      if (isLent) inUse--;
      isLent = false;
    };
    // In front of the connection, not in it: the source may lend the same one again.
    return Object.assign(Object.create(connection) as LentConnection, {
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
          return lend(await source.getConnection(deadline));
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
