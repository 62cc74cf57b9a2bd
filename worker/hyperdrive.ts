import { waitUntil } from 'cloudflare:workers';
import mysql, { type Connection } from 'mysql2/promise';
import { type ConnectionSource, type LentConnection, SESSION_SETTINGS } from '../origin/mysql-connection.ts';
import { pauseFor } from '../origin/pause-for.ts';

const CONNECT_TIMEOUT_MS = 3000;

/** The counter lets one commit in at a time, and the server has other clients that need connections, too. */
const MAX_CONNECTIONS = 16;
const RETRY_INTERVAL_MS = 5;

/**
 * Connections to the MySQL behind a Hyperdrive binding: a new one each time, because the runtime lets no request use a
 * socket that another one opened. It is Hyperdrive that keeps connections to the server itself.
 */
export function createHyperdriveConnections(hyperdrive: Hyperdrive): ConnectionSource {
  let lent = 0;

  async function getConnection(deadline?: AbortSignal): Promise<LentConnection> {
    // Not by a promise that whoever gives one back resolves: a request of a worker may not wait for the work of another.
    while (lent >= MAX_CONNECTIONS) {
      await pauseFor(RETRY_INTERVAL_MS);
      deadline?.throwIfAborted();
    }
    lent++;
    const returned = Promise.withResolvers<void>();
    // The runtime drops what it does for a client that leaves, and the connection would never come back.
    waitUntil(returned.promise.finally(() => lent--));
    try {
      const connection = await open(hyperdrive);
      const destroy = connection.destroy.bind(connection);
      return Object.assign(connection, {
        release: () => connection.end().then(returned.resolve, returned.resolve),
        destroy() {
          destroy();
          returned.resolve();
        },
      });
    } catch (error) {
      returned.resolve();
      throw error;
    }
  }

  return { getConnection, end: async () => {} };
}

async function open({ host, port, user, password, database }: Hyperdrive): Promise<Connection> {
  const connection = await mysql.createConnection({
    ...{ host, port, user, password, database },
    connectTimeout: CONNECT_TIMEOUT_MS,
    // The driver would write its parsers as code, which the runtime forbids.
    disableEval: true,
  });
  // Whatever breaks it is told by the query that it breaks.
  connection.on('error', () => {});
  try {
    for (const setting of SESSION_SETTINGS) await connection.query(setting);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}
