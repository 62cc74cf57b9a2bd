import type { Visit, VisitStore } from '../../app/visits/visit.ts';
import type { Database } from '../../origin/database/database.ts';

/** A kind of database that stores visits. */
export interface StoreBackend {
  name: string;
  dialect: 'mysql' | 'sqlite';
  /** Whether this run has such a database. */
  isAvailable: boolean;
  /** Creates an empty, migrated database. */
  create(): Promise<StoreDatabase>;
  /** Stops what the databases of a test file share. */
  close?(): Promise<void>;
}

/** A database for one test. */
export interface StoreDatabase {
  /** Opens another store on it, in this process. */
  openStore(): VisitStore;
  /** Opens the database again, in this process. Closing the store closes the registry, too. */
  open(): Pick<Database, 'store' | 'replicas' | 'openSessionStore' | 'openAppDatabase'>;
  /** Opens a store as a replica does: in a process of its own, if another process can reach the database. */
  openReplica(): Promise<VisitStore>;
  /** Reads its content directly, without the store. */
  ledger(): Promise<Ledger>;
  /** Runs a statement directly, without the store. */
  execute(statement: string): Promise<void>;
  /**
   * Sets the age of rows by the database's clock; a negative age is in the future. @param prefix start of their request
   * ids
   */
  redate(prefix: string, ageMs: number): Promise<void>;
  remove(): Promise<void>;
}

export interface Ledger {
  counter: number;
  /** In order of their numbers; `timeMs` is UTC, in milliseconds since the epoch. */
  rows: (Visit & { number: number; timeMs: number })[];
}

/** The columns of a row, named as in `Visit`. */
export const LEDGER_COLUMNS = `number, request_id as requestId, client_ip as clientIp, server_ip as serverIp, sid`;

/** Sets the age of rows in SQLite. */
export const REDATE =
  "update access_log set time = cast(unixepoch('subsec') * 1000 as integer) - ? where request_id like ?";
