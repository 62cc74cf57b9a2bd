import { waitUntil } from 'cloudflare:workers';
import mysql, { type Connection } from 'mysql2/promise';
import { untilAborted } from '../../app/lib/deadline.ts';
import { delay } from '../../app/lib/delay.ts';
import type { Log } from '../../app/lib/log.ts';
import type { ConnectionPool, PooledConnection } from '../../app/storage/mysql/connection.ts';
import { createServerRequirements, type ServerRequirements } from '../../app/storage/mysql/requirements.ts';

const CONNECT_TIMEOUT_MS = 3000;

/** The counter lets one commit in at a time, and the server has other clients that need connections, too. */
const MAX_CONNECTIONS = 16;
const RETRY_INTERVAL_MS = 5;

/** How long a connection that is given back may take to say goodbye. */
const GOODBYE_TIMEOUT_MS = 1000;

/** A database that has not taken a connection for so long is away, even if the deadline came first. */
const SILENT_AFTER_MS = 1000;

/** After a connection could not be made, how long the next ones fail at once, before one of them tries. */
const AWAY_MS = 1000;

/**
 * Connections to the MySQL behind a Hyperdrive binding: a new one each time, because the runtime lets no request use a
 * socket that another one opened. It is Hyperdrive that keeps connections to the server itself.
 */
export function createHyperdriveConnections(
  hyperdrive: Hyperdrive,
  log: Log,
  monotonicMs = () => performance.now(),
): ConnectionPool {
  const requirements = createServerRequirements({ log });
  const away = createAwayMemory(monotonicMs);
  let lent = 0;

  /** Takes one of the `MAX_CONNECTIONS` slots. It is free again when `free` is called, whatever became of the connection. */
  async function takeSlot(deadline: AbortSignal): Promise<() => void> {
    // Poll instead of awaiting a release: on Workers a request must not await a promise that another request resolves.
    while (lent >= MAX_CONNECTIONS) {
      await delay(RETRY_INTERVAL_MS);
      deadline.throwIfAborted();
    }
    lent++;
    const freed = Promise.withResolvers<void>();
    // Release the slot even if the client disconnects: otherwise the runtime cancels this work, and the slot stays taken.
    waitUntil(freed.promise.finally(() => lent--));
    return freed.resolve;
  }

  async function getConnection(deadline: AbortSignal): Promise<PooledConnection> {
    away.throwIfAway();
    const free = await takeSlot(deadline);
    const startMs = monotonicMs();
    try {
      const connection = await open(hyperdrive, requirements, deadline);
      away.reached();
      return lend(connection, free);
    } catch (error) {
      // A call that waited long for a slot has little time left, which says nothing about the database.
      if (!deadline.aborted || monotonicMs() - startMs >= SILENT_AFTER_MS) away.failed();
      free();
      throw error;
    }
  }

  return { getConnection, end: async () => {} };
}

/**
 * Remembers that no connection could be made: for a second calls fail at once, then one tries again while the others still
 * fail. A replica knows as much from its reports.
 */
function createAwayMemory(monotonicMs: () => number) {
  let retryAtMs: number | undefined;
  return {
    throwIfAway() {
      if (retryAtMs === undefined) return;
      if (monotonicMs() < retryAtMs) throw new Error('the database could not be reached a moment ago');
      // Not by a flag: who tries may be cancelled by the runtime and never come back.
      retryAtMs = monotonicMs() + CONNECT_TIMEOUT_MS;
    },
    reached() {
      retryAtMs = undefined;
    },
    failed() {
      retryAtMs = monotonicMs() + AWAY_MS;
    },
  };
}

type OpenConnection = Connection & { takesSeveralStatements: boolean };

/** Opens a connection and prepares it, and destroys it at the deadline: on a network gone silent it would wait forever. */
async function open(
  { host, port, user, password, database }: Hyperdrive,
  requirements: ServerRequirements,
  deadline: AbortSignal,
): Promise<OpenConnection> {
  const connecting = mysql.createConnection({
    ...{ host, port, user, password, database },
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A commit is one packet, where Hyperdrive takes that.
    multipleStatements: true,
    // The driver would write its parsers as code, which the runtime forbids.
    disableEval: true,
  });
  const connection = await untilAborted(connecting, deadline).catch((error) => {
    connecting.then(
      (late) => late.destroy(),
      () => {},
    );
    throw error;
  });
  // Whatever breaks it is told by the query that it breaks.
  connection.on('error', () => {});
  try {
    const takesSeveralStatements = await untilAborted(requirements.prepare(connection), deadline);
    return Object.assign(connection, { takesSeveralStatements });
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function lend(connection: OpenConnection, free: () => void): PooledConnection {
  const destroy = connection.destroy.bind(connection);
  return Object.assign(connection, {
    async release() {
      await Promise.race([connection.end().catch(() => {}), delay(GOODBYE_TIMEOUT_MS)]);
      destroy();
      free();
    },
    destroy() {
      destroy();
      free();
    },
  });
}
