import type { Visit, VisitStore } from '../../app/visits/visit.ts';
import type { Database } from '../../origin/database/database.ts';

/** A kind of database that keeps visits. */
export interface StoreBackend {
  name: string;
  /** Whether this run has one. */
  isAvailable: boolean;
  /** Makes an empty one that is up to date. */
  create(): Promise<StoreDatabase>;
}

/** A database of one test's own. */
export interface StoreDatabase {
  /** Opens one more store on it, in this process. */
  openStore(): VisitStore;
  /** Opens it once more, in this process; closing the store closes both. */
  open(): Pick<Database, 'store' | 'replicas'>;
  /** Opens one as a replica does: in a process of its own, where another process can reach the database. */
  openReplica(): Promise<VisitStore>;
  /** What it holds, read past the store. */
  ledger(): Promise<Ledger>;
  /** Runs a statement past the store. */
  execute(statement: string): Promise<void>;
  /** Dates rows this long ago by the database's clock; a negative age is in the future. @param prefix of their request ids */
  redate(prefix: string, ageMs: number): Promise<void>;
  remove(): Promise<void>;
}

export interface Ledger {
  counter: number;
  /** By number; `timeMs` is UTC, in milliseconds since the epoch. */
  rows: (Visit & { number: number; timeMs: number })[];
}

/** Reads a row in the schema's own names. */
export const LEDGER_COLUMNS = `number, request_id as requestId, client_ip as clientIp, server_ip as serverIp, sid`;

/** Dates rows in SQLite. */
export const REDATE =
  "update access_log set time = cast(unixepoch('subsec') * 1000 as integer) - ? where request_id like ?";
