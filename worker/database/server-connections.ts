import { waitUntil } from 'cloudflare:workers';
import type { Connection } from 'mysql2/promise';
import { delay } from '../../app/lib/delay.ts';
import type { Log } from '../../app/lib/log.ts';
import { createMonotonicClock } from '../../app/lib/monotonic-clock.ts';
import { untilAborted } from '../../app/lib/until-aborted.ts';
import { waitAtMost } from '../../app/lib/wait-at-most.ts';
import type { ConnectionPool, PooledConnection } from '../../app/storage/mysql/connection.ts';
import { createServerRequirements, type ServerRequirements } from '../../app/storage/mysql/requirements.ts';
import { untilConnected } from '../../app/storage/mysql/until-connected.ts';
import { CONNECT_TIMEOUT_MS, connect } from './connect.ts';
import type { ServerLogin } from './server-login.ts';

/** Enough, because the counter admits one commit at a time. The server's other clients need connections, too. */
const MAX_CONNECTIONS = 16;
const RETRY_INTERVAL_MS = 5;

/** Longest wait for a connection to close cleanly after its use. */
const GOODBYE_TIMEOUT_MS = 1000;

/**
 * If connecting took longer than this, the database counts as unreachable even if the caller's deadline ended the
 * attempt.
 */
const SILENT_AFTER_MS = 1000;

/** After a failed connection attempt, the next ones fail at once for this time. Then one of them tries again. */
const AWAY_MS = 1000;

/**
 * Connections to a MySQL server, or to a Hyperdrive. Each is a new one, because the runtime lets no request use a socket that
 * another request opened. Hyperdrive itself keeps connections to the server.
 */
export function createServerConnections(
  login: ServerLogin,
  log: Log,
  monotonicMs = createMonotonicClock(),
): ConnectionPool {
  const requirements = createServerRequirements({ log });
  const away = createAwayMemory(monotonicMs);
  let checkedOut = 0;

  /** Takes one of the `MAX_CONNECTIONS` slots. The returned function frees it again. */
  async function takeSlot(deadline: AbortSignal): Promise<() => void> {
    // Poll instead of awaiting a release: on Workers a request must not await a promise that another request resolves.
    while (checkedOut >= MAX_CONNECTIONS) {
      await delay(RETRY_INTERVAL_MS);
      deadline.throwIfAborted();
    }
    checkedOut++;
    const freed = Promise.withResolvers<void>();
    // Release the slot even if the client disconnects: otherwise the runtime cancels this work, and the slot stays taken.
    waitUntil(freed.promise.finally(() => checkedOut--));
    return freed.resolve;
  }

  async function getConnection(deadline: AbortSignal): Promise<PooledConnection> {
    away.throwIfAway();
    const free = await takeSlot(deadline);
    const startMs = monotonicMs();
    try {
      const connection = await open(login, requirements, deadline);
      away.reached();
      return checkOut(connection, free);
    } catch (error) {
      // A call that waited long for its slot has little time left, so its timeout says nothing about the database.
      if (!deadline.aborted || monotonicMs() - startMs >= SILENT_AFTER_MS) away.failed();
      free();
      throw error;
    }
  }

  return { getConnection, end: async () => {} };
}

/**
 * Remembers a failed connection attempt: for a second all calls fail at once, then one tries again while the others
 * still fail. A replica does not need this, because it learns the same from its self-report.
 */
function createAwayMemory(monotonicMs: () => number) {
  let retryAtMs: number | undefined;
  return {
    throwIfAway() {
      if (retryAtMs === undefined) return;
      if (monotonicMs() < retryAtMs) throw new Error('the database could not be reached a moment ago');
      // Use a time instead of a flag: the runtime may cancel the request that tries, which would then never reset the flag.
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

/** Opens and prepares a connection. */
async function open(
  login: ServerLogin,
  requirements: ServerRequirements,
  deadline: AbortSignal,
): Promise<OpenConnection> {
  const connection = await untilConnected(connect(login), deadline);
  try {
    const takesSeveralStatements = await untilAborted(requirements.prepare(connection), deadline);
    return Object.assign(connection, { takesSeveralStatements });
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function checkOut(connection: OpenConnection, free: () => void): PooledConnection {
  const destroy = connection.destroy.bind(connection);
  return Object.assign(connection, {
    async release() {
      await waitAtMost(
        connection.end().catch(() => {}),
        GOODBYE_TIMEOUT_MS,
      );
      destroy();
      free();
    },
    destroy() {
      destroy();
      free();
    },
  });
}
