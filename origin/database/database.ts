import type { ReplicaRegistry } from '../../app/replicas/registry.ts';
import type { ConnectionPool } from '../../app/storage/mysql/connection.ts';
import type { VisitStore } from '../../app/visits/visit.ts';

/** The configured database: what is kept in it, and how to bring it up to date. */
export interface Database {
  /** Closing it closes the database. */
  store: VisitStore;
  replicas: ReplicaRegistry;
  /** Applies the migrations it lacks. Safe when several replicas do so at once: one at a time, the others find it done. */
  migrate(): Promise<void>;
  /** @throws when visits cannot be counted as promised, where that can be found out without waiting for long */
  assertWritable?(): Promise<void>;
}

export interface OpenOptions {
  migrate: boolean;
  /** Is put in front of the pool, where there is one, to see which of its `limit` connections are in use. */
  watchConnections?: ((source: ConnectionPool, limit: number) => ConnectionPool) | undefined;
}
