/** One `GET /` that a replica received. */
export interface Visit {
  /** Identifies the visit: a retry on any replica has the same id and is the same visit. */
  requestId: string;
  clientIp: string;
  serverIp: string;
  /** The replica's server id, as in the affinity cookie. */
  sid: string;
}

export interface PurgeOptions {
  /** Minimum age of a row by the database's clock, in milliseconds. */
  ageMs: number;
  /** Rows with a greater number stay, whatever their time: a clock can be wrong by any amount. */
  upTo: number;
  /** Maximum number of rows to remove. */
  limit: number;
}

/** Stores visits in one database that all replicas share. Its numbers are unique and gapless across the replicas. */
export interface VisitStore {
  /**
   * Commits visits in one transaction: inserts one row each, dated by the database's clock, and advances the counter by their
   * number. A visit whose request id already has a row adds nothing. The request ids within one call are distinct.
   *
   * @returns each visit's number, in the order given
   * @throws {CommitInDoubtError} when it may have been committed; committing again finds out
   * @throws {StoreUnavailableError} when it was not committed
   */
  commit(visits: readonly Visit[]): Promise<number[]>;
  /**
   * @returns the number of all visits ever counted
   * @throws {StoreUnavailableError} when the database does not answer
   */
  count(): Promise<number>;
  /**
   * Checks that visits can be committed, with a write that changes nothing.
   *
   * @throws {StoreUnavailableError} when they cannot
   */
  checkWritable(): Promise<void>;
  /**
   * Removes old rows, the oldest first; the counter stays. The cost does not depend on the size of the table. Several
   * replicas may purge at the same time: each removes other rows.
   *
   * @returns the number of rows removed
   * @throws {StoreUnavailableError} when the database does not answer
   */
  purge(options: PurgeOptions): Promise<number>;
  close(): Promise<void>;
}
