import { Counter, Gauge, type Registry } from 'prom-client';
import { CommitInDoubtError, StoreUnavailableError } from '../../app/lib/store-errors.ts';
import type { ReplicaRegistry } from '../../app/replicas/registry.ts';
import type { ConnectionPool } from '../../app/storage/mysql/connection.ts';
import type { VisitStore } from '../../app/visits/visit.ts';
import { createPoolUsage } from './pool-usage.ts';

export interface DatabaseMetrics {
  watchStore(store: VisitStore): VisitStore;
  watchReplicas(replicas: ReplicaRegistry): ReplicaRegistry;
  /** Counts the pool's connections in use. @param limit the maximum size of the pool */
  watchConnections(source: ConnectionPool, limit: number): ConnectionPool;
}

const OPERATIONS = ['commit', 'count', 'check', 'purge', 'report', 'list', 'forget'] as const;
const KINDS = ['in_doubt', 'unavailable', 'other'] as const;

export function createDatabaseMetrics(registry: Registry): DatabaseMetrics {
  const registers = [registry];
  const errors = new Counter({
    name: 'mooring_database_errors_total',
    help: 'Failed database operations, by operation and by kind: a commit in doubt, the database unavailable, or another failure.',
    labelNames: ['operation', 'kind'],
    registers,
  });
  for (const operation of OPERATIONS) for (const kind of KINDS) errors.inc({ operation, kind }, 0);

  function watch<A extends unknown[], R>(operation: (typeof OPERATIONS)[number], run: (...args: A) => Promise<R>) {
    return async (...args: A): Promise<R> => {
      try {
        return await run(...args);
      } catch (error) {
        errors.inc({ operation, kind: kindOf(error) });
        throw error;
      }
    };
  }

  return {
    watchStore: (store) => ({
      commit: watch('commit', store.commit),
      count: watch('count', store.count),
      checkWritable: watch('check', store.checkWritable),
      purge: watch('purge', store.purge),
      close: store.close,
    }),

    watchReplicas: (replicas) => ({
      report: watch('report', replicas.report),
      list: watch('list', replicas.list),
      forget: watch('forget', replicas.forget),
    }),

    watchConnections(source, limit) {
      const usage = createPoolUsage(source);
      new Gauge({
        name: 'mooring_database_connections',
        help: 'Connections of the pool: in use, or pending, which queries wait for. `waited_for` is the old name of pending, for one release.',
        labelNames: ['state'],
        collect() {
          this.set({ state: 'in_use' }, usage.inUse());
          this.set({ state: 'pending' }, usage.waiting());
          // The old name, for one release.
          this.set({ state: 'waited_for' }, usage.waiting());
        },
        registers,
      });
      new Gauge({
        name: 'mooring_database_connections_limit',
        help: 'Maximum number of connections in the pool.',
        registers,
      }).set(limit);
      return usage.source;
    },
  };
}

function kindOf(error: unknown): (typeof KINDS)[number] {
  if (error instanceof CommitInDoubtError) return 'in_doubt';
  return error instanceof StoreUnavailableError ? 'unavailable' : 'other';
}
