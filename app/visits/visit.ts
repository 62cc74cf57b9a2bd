/** One `GET /`, as a replica takes it in. */
export interface Visit {
  /** Names the visit: a retry of it on any replica carries the same id and is the same visit. */
  requestId: string;
  clientIp: string;
  serverIp: string;
  /** The server id of the replica, as its balancer puts it in the cookie. */
  sid: string;
}

/** Which rows `purge` removes. */
export interface PurgeOptions {
  /** How old a row has to be, by the database's clock, in milliseconds. */
  ageMs: number;
  /** Rows with a greater number stay, whatever their time says: a clock can be wrong by any amount. */
  upTo: number;
  /** How many rows are removed at most. */
  limit: number;
}

/**
 * Where visits are kept. A store is one database, shared by all replicas: its numbers are unique and gapless across them.
 */
export interface VisitStore {
  /**
   * Commits visits in one transaction: a row each, dated by the database's clock, and the counter moved by as many. A visit
   * whose request id already has a row adds nothing. The request ids within one call are distinct.
   *
   * @returns each visit's number, in the order given
   * @throws {CommitInDoubtError} when it may have been committed; doing it again finds out
   * @throws {StoreUnavailableError} when it was not committed
   */
  commit(visits: readonly Visit[]): Promise<number[]>;
  /**
   * @returns how many visits were ever counted
   * @throws {StoreUnavailableError} when the database does not answer
   */
  count(): Promise<number>;
  /**
   * Checks with a write that changes nothing that visits can be committed.
   *
   * @throws {StoreUnavailableError} when they cannot
   */
  checkWritable(): Promise<void>;
  /**
   * Removes old rows, the oldest first; the counter stays. Its cost does not depend on how many rows there are. Several
   * replicas may purge at once: each takes other rows.
   *
   * @returns how many rows it removed
   * @throws {StoreUnavailableError} when the database does not answer
   */
  purge(options: PurgeOptions): Promise<number>;
  close(): Promise<void>;
}
