import { drizzle } from 'drizzle-orm/d1';
import type { AppDeps } from '../../app/app.ts';
import type { Log } from '../../app/lib/log.ts';
import type { ReplicaRegistry } from '../../app/replicas/registry.ts';
import { createMysqlReplicaRegistry } from '../../app/storage/mysql/replica-registry.ts';
import { createMysqlStore } from '../../app/storage/mysql/visit-store.ts';
import { createSqliteReplicaRegistry } from '../../app/storage/sqlite/replica-registry.ts';
import { createSqliteStore } from '../../app/storage/sqlite/visit-store.ts';
import { createGroupCommit } from '../../app/visits/group-commit.ts';
import type { VisitStore } from '../../app/visits/visit.ts';
import { createHyperdriveConnections } from './hyperdrive.ts';

/** A database as the worker's handlers use it. */
export interface WorkerDatabase {
  visits: AppDeps['visits'];
  replicas: ReplicaRegistry;
}

/** Where the replicas count their visits, the MySQL behind a Hyperdrive binding. */
export function openHyperdrive(hyperdrive: Hyperdrive, log: Log): WorkerDatabase {
  const pool = createHyperdriveConnections(hyperdrive, log);
  return { visits: visitsIn(createMysqlStore({ pool, log })), replicas: createMysqlReplicaRegistry({ pool }) };
}

/** How long D1 may take to answer. */
const D1_DEADLINE_MS = 3000;

/** The edge's own. */
export function openD1(database: D1Database, log: Log): WorkerDatabase {
  const options = { db: drizzle(database), deadlineMs: D1_DEADLINE_MS };
  return { visits: visitsIn(createSqliteStore({ ...options, log })), replicas: createSqliteReplicaRegistry(options) };
}

/** A group for each visit by itself: a request of a worker may not wait for the work of another. */
function visitsIn({ commit, count, checkWritable }: VisitStore): AppDeps['visits'] {
  return { record: (visit) => createGroupCommit({ commit, queueLimit: 1 }).record(visit), count, checkWritable };
}
