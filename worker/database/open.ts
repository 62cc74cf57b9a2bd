import { drizzle } from 'drizzle-orm/d1';
import type { AppDeps } from '../../app/app.ts';
import type { Log } from '../../app/lib/log.ts';
import type { ReplicaRegistry } from '../../app/replicas/registry.ts';
import type { SessionLifetimes, SessionStore } from '../../app/sessions/session-store.ts';
import { createMysqlAppDatabase } from '../../app/storage/mysql/app-database.ts';
import type { ConnectionPool } from '../../app/storage/mysql/connection.ts';
import { createFailoverPool } from '../../app/storage/mysql/failover-pool.ts';
import { probeServer } from '../../app/storage/mysql/probe-server.ts';
import { createMysqlReplicaRegistry } from '../../app/storage/mysql/replica-registry.ts';
import { createMysqlSessionStore } from '../../app/storage/mysql/session-store.ts';
import { createMysqlStore } from '../../app/storage/mysql/visit-store.ts';
import { createWritableServer } from '../../app/storage/mysql/writable-server.ts';
import { createSqliteAppDatabase } from '../../app/storage/sqlite/app-database.ts';
import { createSqliteReplicaRegistry } from '../../app/storage/sqlite/replica-registry.ts';
import { createSqliteSessionStore } from '../../app/storage/sqlite/session-store.ts';
import { createSqliteStore } from '../../app/storage/sqlite/visit-store.ts';
import type { AppDatabase } from '../../app/tables/app-database.ts';
import { createGroupCommit } from '../../app/visits/group-commit.ts';
import type { VisitStore } from '../../app/visits/visit.ts';
import { connect } from './connect.ts';
import { createServerConnections } from './server-connections.ts';
import type { DatabaseBinding, ServerHost } from './server-login.ts';

export interface WorkerDatabase {
  visits: AppDeps['visits'];
  replicas: ReplicaRegistry;
  openSessionStore(lifetimes: SessionLifetimes): SessionStore;
  appDatabase: AppDatabase;
}

export interface WorkerDatabaseOptions {
  log: Log;
  /** How long the outcome of a commit in doubt is pursued. */
  inDoubtTimeoutMs: number;
}

/** How long the one of several servers is used before all are asked again: the edge makes no reports that would notice. */
const WRITABLE_MAX_AGE_MS = 5000;

/** Opens the MySQL where the replicas count their visits, too: behind a Hyperdrive binding, or with its hosts. */
export function openMysql(binding: Hyperdrive | DatabaseBinding, options: WorkerDatabaseOptions): WorkerDatabase {
  const { log, inDoubtTimeoutMs } = options;
  const pool = 'hosts' in binding ? connectionsTo(binding, log) : createServerConnections(binding, log);
  return {
    visits: visitsIn(createMysqlStore({ pool, log }), options),
    replicas: createMysqlReplicaRegistry({ pool }),
    openSessionStore: (lifetimes) => createMysqlSessionStore({ pool, log, lifetimes }),
    appDatabase: createMysqlAppDatabase({ pool, log, inDoubtTimeoutMs }),
  };
}

function connectionsTo({ hosts, ...login }: DatabaseBinding, log: Log): ConnectionPool {
  const openPool = (host: ServerHost) => createServerConnections({ ...host, ...login }, log);
  const [only, ...others] = hosts as [ServerHost, ...ServerHost[]];
  if (others.length === 0) return openPool(only);
  const writable = createWritableServer({
    servers: hosts,
    nameOf: ({ host, port }) => `${host}:${port}`,
    probe: (host, signal) => probeServer(connect({ ...host, ...login }), signal),
    log,
    maxAgeMs: WRITABLE_MAX_AGE_MS,
  });
  return createFailoverPool({ writable, openPool });
}

const D1_DEADLINE_MS = 3000;

/** Opens the edge's own database. */
export function openD1(database: D1Database, workerOptions: WorkerDatabaseOptions): WorkerDatabase {
  const { log } = workerOptions;
  const options = { db: drizzle(database), deadlineMs: D1_DEADLINE_MS };
  return {
    visits: visitsIn(createSqliteStore({ ...options, log }), workerOptions),
    replicas: createSqliteReplicaRegistry(options),
    openSessionStore: (lifetimes) => createSqliteSessionStore({ ...options, log, lifetimes }),
    appDatabase: createSqliteAppDatabase({ ...options, log }),
  };
}

/** One group commit for each visit: on Workers a request must not await the work of another request. */
function visitsIn(
  { commit, count, checkWritable }: VisitStore,
  { inDoubtTimeoutMs }: WorkerDatabaseOptions,
): AppDeps['visits'] {
  const record: AppDeps['visits']['record'] = (visit) =>
    createGroupCommit({ commit, queueLimit: 1, inDoubtTimeoutMs }).record(visit);
  return { record, count, checkWritable };
}
