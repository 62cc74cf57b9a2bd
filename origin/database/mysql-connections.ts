import type { Pool, PoolConnection } from 'mysql2/promise';
import { untilAborted } from '../../app/lib/until-aborted.ts';
import type { ConnectionPool, PooledConnection } from '../../app/storage/mysql/connection.ts';
import type { ServerRequirements } from '../../app/storage/mysql/requirements.ts';

/** Wraps a pool so that each connection is prepared before its first use. */
export function createMysqlConnections(pool: Pool, requirements: ServerRequirements): ConnectionPool {
  // The key is the underlying connection: the promise API returns a new wrapper each time.
  const prepared = new WeakMap<object, boolean>();

  async function prepare(connection: PoolConnection, deadline: AbortSignal): Promise<boolean> {
    const known = prepared.get(connection.connection);
    if (known !== undefined) return known;
    try {
      const takesSeveral = await untilAborted(requirements.prepare(connection), deadline);
      prepared.set(connection.connection, takesSeveral);
      return takesSeveral;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  return {
    async getConnection(deadline): Promise<PooledConnection> {
      const connection = await pool.getConnection();
      return Object.assign(connection, { takesSeveralStatements: await prepare(connection, deadline) });
    },
    end: () => pool.end(),
  };
}
