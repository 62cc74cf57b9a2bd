import type { SessionAccess } from './session-access.ts';
import type { SessionCache } from './session-cache.ts';
import type { SessionStats } from './session-stats.ts';
import type { SessionLifetimes } from './session-store.ts';
import type { TakeTurns } from './turns.ts';

/** What the requests of a replica, or of the edge, share to open their sessions. */
export interface SessionDeps {
  access: SessionAccess;
  stats: SessionStats;
  lifetimes: SessionLifetimes;
  /** Maximum size of a session's JSON. */
  maxBytes: number;
  /** The replica's copies. Without it each request reads the database. */
  cache?: SessionCache | undefined;
  /** Lets requests of the same session wait for each other. By default they conflict, and retry. */
  takeTurns?: TakeTurns | undefined;
  /** How long the outcome of a commit in doubt is pursued, in milliseconds. */
  inDoubtTimeoutMs?: number | undefined;
  /** Receives work that outlives the request. */
  inBackground?: (work: Promise<unknown>) => void;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
  pause?: (ms: number) => Promise<void>;
  /** Returns a number from 0 to 1. */
  random?: () => number;
}
