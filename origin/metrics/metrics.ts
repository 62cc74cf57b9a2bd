import { collectDefaultMetrics, Registry } from 'prom-client';
import type { RequestObserver } from '../../app/replicas/request-event.ts';
import type { ConnectionPool } from '../../app/storage/mysql/connection.ts';
import type { GroupCommit } from '../../app/visits/group-commit.ts';
import type { Database } from '../database/database.ts';
import { createDatabaseMetrics } from './database-metrics.ts';
import { type Exposition, expose } from './exposition.ts';
import { createReplicaMetrics, type ReplicaState } from './replica-metrics.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { createVisitMetrics, type VisitQueue } from './visit-metrics.ts';

/** What Prometheus is told of one replica. The `watch…` functions put it in between; without them nothing is counted. */
export interface Metrics {
  /** Counts a request. */
  observe: RequestObserver;
  /** Counts and times commits, and what fails of whatever the database is asked for. */
  watchDatabase<D extends Pick<Database, 'store' | 'replicas'>>(database: D): D;
  /** Counts the connections that a pool lends. @param limit how many it lends at once */
  watchConnections(source: ConnectionPool, limit: number): ConnectionPool;
  /** Counts the visits that are turned away. */
  watchRecord(record: GroupCommit['record']): GroupCommit['record'];
  /** Tells at each scrape how the replica is. */
  watchReplica(replica: ReplicaState & VisitQueue): void;
  /** All figures as they are now. */
  expose(form: { openMetrics: boolean }): Promise<Exposition>;
}

/** Node's own figures whose names say that they only grow, which they do not; the same by kind are there, too. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Creates the metrics of one replica, with those of its process. */
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
    watchRecord,
    watchReplica(replica) {
      watchQueue(replica);
      createReplicaMetrics(registry, replica);
    },
    expose: (form) => expose(registry, form),
  };
}
