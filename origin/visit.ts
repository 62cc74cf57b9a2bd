/** One `GET /`, as a replica takes it in. */
export interface Visit {
  /** Names the visit: a retry of it on any replica carries the same id and is the same visit. */
  requestId: string;
  /** When the replica took it in, UTC, in milliseconds since the epoch. */
  timeMs: number;
  clientIp: string;
  serverIp: string;
  /** The server id of the replica, as its balancer puts it in the cookie. */
  sid: string;
}

/**
 * Where visits are kept. A store is one database, shared by all replicas: its numbers are unique and gapless across them.
 */
export interface VisitStore {
  /**
   * Commits visits in one transaction: a row each and the counter moved by as many. A visit whose request id already has
   * a row adds nothing. The request ids within one call are distinct.
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
   * Removes rows of visits from before a time; the counter stays. Looks at the oldest rows only, so that what it costs does
   * not depend on how many there are. Several replicas may do so at once: each takes rows of its own.
   *
   * @param olderThanMs milliseconds since the epoch
   * @param limit how many rows it looks at
   * @returns how many it removed
   * @throws {StoreUnavailableError} when the database does not answer
   */
  purge(olderThanMs: number, limit: number): Promise<number>;
  close(): Promise<void>;
}
