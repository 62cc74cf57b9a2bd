/** A session as a store returns it. */
export interface StoredSession {
  /** Grows with each change. */
  version: number;
  /** JSON. */
  data: string;
  /** The keys of the latest changes, the oldest first. */
  recentChanges: string[];
  /** Time until the session expires unless it is used, by the database's clock. */
  expiresInMs: number;
  /** Time until the session ends however much it is used, by the database's clock. */
  endsInMs: number;
}

/** An id that `regenerate` replaced less than `REPLACED_KNOWN_MS` ago. */
export interface ReplacedSession {
  /** The key of the change that replaced it. */
  replacedBy: string;
}

/** One change of one session. Sessions are found by the hash of their id: a store never sees an id. */
export type SessionWrite =
  | { kind: 'create'; idHash: string; data: string; recentChanges: string[] }
  | { kind: 'update'; idHash: string; fromVersion: number; data: string; recentChanges: string[] }
  /** Gives the session another id. */
  | { kind: 'replace'; idHash: string; fromVersion: number; newIdHash: string; recentChanges: string[]; key: string }
  /** Gives a session that the change `key` has replaced yet another id, for a retry of the request that made the change. */
  | { kind: 'replaceAgain'; idHash: string; newIdHash: string; key: string }
  /** Ends the session for good, whatever its version. It applies if the session was there. */
  | { kind: 'end'; idHash: string; key: string }
  /** Prolongs the session because it is used. Neither data nor version changes. */
  | { kind: 'touch'; idHash: string };

/** Lifetimes of sessions, by the database's clock. */
export interface SessionLifetimes {
  /** A session ends when it is not used for this long. */
  idleMs: number;
  /** A session ends this long after its creation. */
  absoluteMs: number;
}

/** How long the hashes of ended sessions are kept. */
export const ENDED_SESSION_KEPT_MS = 600_000;

/** How long a replaced id is distinguished from an unknown one: longer than balancers retry a request. */
export const REPLACED_KNOWN_MS = 60_000;

/** Stores sessions in one database that all replicas share. */
export interface SessionStore {
  /**
   * Reads sessions by the hashes of their ids, in the order given. An expired session is undefined.
   *
   * @throws {StoreUnavailableError} when the database does not answer
   */
  read(idHashes: readonly string[]): Promise<(StoredSession | ReplacedSession | undefined)[]>;
  /**
   * Commits changes in one transaction. Each applies only if its session is still there, in the version from which the change
   * was made; the others apply nevertheless.
   *
   * @returns for each change whether it applied, in the order given
   * @throws {CommitInDoubtError} when they may have been committed; reading finds out
   * @throws {StoreUnavailableError} when nothing was committed
   */
  commit(writes: readonly SessionWrite[]): Promise<boolean[]>;
  /**
   * Returns the hashes of the sessions that ended within the last `withinMs`.
   *
   * @throws {StoreUnavailableError} when the database does not answer
   */
  listEnded(withinMs: number): Promise<string[]>;
  /**
   * Removes at most `limit` sessions that have expired, and at most as many hashes of ended sessions that are no longer
   * needed.
   *
   * @returns the number of rows removed
   * @throws {StoreUnavailableError} when the database does not answer
   */
  purge(limit: number): Promise<number>;
}
