import mysql from 'mysql2/promise';
import { startDeadline } from '../../app/lib/deadline.ts';
import type { Log } from '../../app/lib/log.ts';
import type { ConnectionPool } from '../../app/storage/mysql/connection.ts';
import { createFailoverPool } from '../../app/storage/mysql/failover-pool.ts';
import { probeServer } from '../../app/storage/mysql/probe-server.ts';
import { createServerRequirements, IDLE_TIMEOUT_MS } from '../../app/storage/mysql/requirements.ts';
import { createWritableServer } from '../../app/storage/mysql/writable-server.ts';
import { type DatabaseHost, formatHost } from '../../cli/database-hosts.ts';
import type { MysqlConfig } from '../../cli/mysql-url.ts';
import type { DatabaseServers } from './database.ts';
import { createMysqlConnections } from './mysql-connections.ts';
import { toSsl } from './mysql-ssl.ts';

/**
 * Visits, session changes and session reads use one connection each at a time. Counts, the replica's reports and the checks
 * for ended sessions share the rest.
 */
export const CONNECTIONS = 4;

const CONNECT_TIMEOUT_MS = 3000;

export interface MysqlPool {
  pool: ConnectionPool;
  /** Returns the server that accepts writes. A single one is not asked. */
  findHost(): Promise<DatabaseHost>;
  /** Opens a connection outside of the pool, to that server. */
  connect(): Promise<mysql.Connection>;
  /** Undefined for a single server. */
  servers?: DatabaseServers;
}

/** Opens a pool of connections to the server, or to the one of several servers that accepts writes. */
export function openMysqlPool(config: MysqlConfig, log: Log): MysqlPool {
  const { hosts, user, password, database } = config;
  const ssl = toSsl(config.tls);
  const login = { user, password, database, ...(ssl && { ssl }) };
  const connectTo = (host: DatabaseHost) =>
    mysql.createConnection({ ...host, ...login, connectTimeout: CONNECT_TIMEOUT_MS });

  function openPool(host: DatabaseHost): ConnectionPool {
    const pool = mysql.createPool({
      ...host,
      ...login,
      connectionLimit: CONNECTIONS,
      // Must be below `connectionLimit`, or the driver ignores `idleTimeout`.
      maxIdle: CONNECTIONS - 1,
      idleTimeout: IDLE_TIMEOUT_MS,
      // Announce the end of a connection: otherwise the server counts it as aborted.
      gracefulEnd: true,
      queueLimit: 1000,
      connectTimeout: CONNECT_TIMEOUT_MS,
      // So that a commit can be one packet.
      multipleStatements: true,
      // Capturing a stack per query costs more than the rest of the query, and errors are logged by code and message.
      trace: false,
    });
    return createMysqlConnections(pool, createServerRequirements({ log }));
  }

  const [only, ...others] = hosts as [DatabaseHost, ...DatabaseHost[]];
  if (others.length === 0) return { pool: openPool(only), findHost: async () => only, connect: () => connectTo(only) };
  const probe = (host: DatabaseHost, signal: AbortSignal) => probeServer(connectTo(host), signal);
  const writable = createWritableServer({ servers: hosts, nameOf: formatHost, probe, log });

  async function findHost(): Promise<DatabaseHost> {
    using deadline = startDeadline(CONNECT_TIMEOUT_MS);
    return await writable.find(deadline.signal);
  }

  const pool = createFailoverPool({ writable, openPool });
  const servers: DatabaseServers = {
    names: hosts.map(formatHost),
    primary() {
      const host = writable.current();
      return host && formatHost(host);
    },
  };
  return { pool, findHost, connect: async () => connectTo(await findHost()), servers };
}
