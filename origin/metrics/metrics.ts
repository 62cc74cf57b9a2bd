import { collectDefaultMetrics, Registry } from 'prom-client';
import type { RequestObserver } from '../../app/replicas/request-event.ts';
import type { ConnectionPool } from '../../app/storage/mysql/connection.ts';
import type { GroupCommit } from '../../app/visits/group-commit.ts';
import { type Exposition, expose } from '../../cli/metrics-exposition.ts';
import type { Database, DatabaseServers } from '../database/database.ts';
import { createDatabaseMetrics } from './database-metrics.ts';
import { createDatabaseServersMetrics } from './database-servers-metrics.ts';
import { createReplicaMetrics, type ReplicaState } from './replica-metrics.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { createSessionMetrics, type MeasuredSessions } from './session-metrics.ts';
import { createVisitMetrics, type VisitQueue } from './visit-metrics.ts';

/** The Prometheus metrics of one replica. The `watch…` functions wrap what they measure; unwrapped parts are not measured. */
export interface Metrics {
  observe: RequestObserver;
  /** Counts and times commits, and counts the errors of all database calls. */
  watchDatabase<D extends Pick<Database, 'store' | 'replicas'>>(database: D): D;
  /** Counts the pool's connections in use. @param limit the maximum size of the pool */
  watchConnections(source: ConnectionPool, limit: number): ConnectionPool;
  /** Adds which of several database servers is used, read at each scrape. */
  watchServers(servers: DatabaseServers): void;
  /** Counts rejected visits. */
  watchRecord(record: GroupCommit['record']): GroupCommit['record'];
  /** Adds metrics of the replica's state, read at each scrape. */
  watchReplica(replica: ReplicaState & VisitQueue): void;
  /** Adds metrics of the replica's sessions, read at each scrape. */
  watchSessions(sessions: MeasuredSessions): void;
  expose(form: { openMetrics: boolean }): Promise<Exposition>;
}

/**
 * Metrics of Node that are named like counters but can decrease. Node also exports the same numbers by kind, correctly named.
 */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Creates the metrics of one replica, including the metrics of its process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);

  const { watchCommit, watchRecord, watchQueue } = createVisitMetrics(registry);
  const { watchStore, watchReplicas, watchConnections } = createDatabaseMetrics(registry);
  return {
    observe: createRequestMetrics(registry),
    watchDatabase(database) {
      const store = watchStore(database.store);
      return {
        ...database,
        store: { ...store, commit: watchCommit(store.commit) },
        replicas: watchReplicas(database.replicas),
      };
    },
    watchConnections,
    watchServers: (servers) => createDatabaseServersMetrics(registry, servers),
    watchRecord,
    watchReplica(replica) {
      watchQueue(replica);
      createReplicaMetrics(registry, replica);
    },
    watchSessions: (sessions) => createSessionMetrics(registry, sessions),
    expose: (form) => expose(registry, form),
  };
}
