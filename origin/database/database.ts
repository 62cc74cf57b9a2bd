import type { ReplicaRegistry } from '../../app/replicas/registry.ts';
import type { SessionLifetimes, SessionStore } from '../../app/sessions/session-store.ts';
import type { ConnectionPool } from '../../app/storage/mysql/connection.ts';
import type { StoredAppDatabase } from '../../app/storage/stored-app-database.ts';
import type { AppTable } from '../../app/tables/define-table.ts';
import type { VisitStore } from '../../app/visits/visit.ts';

/** Several database servers. One of them accepts writes. */
export interface DatabaseServers {
  names: readonly string[];
  /** Returns the name of the one that is used, because it accepts writes; undefined while none is known. */
  primary(): string | undefined;
}

/** The configured database: its stores, and how to migrate it. */
export interface Database {
  /** Closing the store closes the database. */
  store: VisitStore;
  replicas: ReplicaRegistry;
  openSessionStore(lifetimes: SessionLifetimes): SessionStore;
  /** @param inDoubtTimeoutMs how long the outcome of a commit in doubt is pursued */
  openAppDatabase(inDoubtTimeoutMs?: number): StoredAppDatabase;
  /** Applies missing migrations. Replicas may call this at the same time: one migrates, and the others then find it done. */
  migrate(): Promise<void>;
  /**
   * Looks whether the database can count visits.
   *
   * @returns whether it is unavailable: a server that does not answer in time may do so later
   * @throws when it is known not to be able to
   */
  check(): Promise<{ isAway: boolean }>;
  /** Undefined for a single server. */
  servers?: DatabaseServers | undefined;
}

/** A database that was checked. */
export interface OpenedDatabase extends Database {
  /** Whether it was unavailable when it was opened. */
  isAway: boolean;
}

/** What an app keeps in the database. */
export interface AppSchema {
  tables: readonly AppTable[];
  /** The folder with its migrations, one folder for each dialect; undefined for none. */
  migrations: string | undefined;
}

export const NO_APP_TABLES: AppSchema = { tables: [], migrations: undefined };

export interface OpenOptions {
  migrate: boolean;
  /** None by default. */
  app?: AppSchema;
  /** Wraps the connection pool, where there is one, to observe how many of its `limit` connections are in use. */
  watchConnections?: ((source: ConnectionPool, limit: number) => ConnectionPool) | undefined;
}
