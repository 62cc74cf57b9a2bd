import { type DeepReadonly, freeze } from '../lib/freeze.ts';
import { SessionNotJsonError, SessionTooLargeError } from './errors.ts';
import type { SessionData } from './session-data.ts';
import type { SessionLifetimes, StoredSession } from './session-store.ts';

/** A session as a replica holds it in memory. Several requests share it, so it is never modified. */
export interface SessionCopy {
  readonly version: number;
  readonly data: DeepReadonly<SessionData>;
  readonly recentChanges: readonly string[];
  /** By the replica's monotonic clock, which starts at the time of the read or commit. */
  readonly expiresAtMs: number;
  /** When the session ends however much it is used. */
  readonly endsAtMs: number;
  /** Length of data and recent changes as JSON. */
  readonly bytes: number;
}

/** How many of its latest changes a session remembers. A retry repeats its change only after more changes than that. */
const MAX_RECENT_CHANGES = 32;

/** A session is prolonged when this part of its idle lifetime has passed since it was last prolonged. */
const TOUCH_AFTER = 0.1;

/** @param readAtMs the monotonic time right before the read, so that a copy never outlives its session */
export function copyOf(stored: StoredSession, readAtMs: number): SessionCopy {
  return {
    version: stored.version,
    data: freeze(JSON.parse(stored.data) as SessionData),
    recentChanges: stored.recentChanges,
    expiresAtMs: readAtMs + stored.expiresInMs,
    endsAtMs: readAtMs + stored.endsInMs,
    bytes: stored.data.length + stored.recentChanges.reduce((sum, key) => sum + key.length, 0),
  };
}

/** Returns the changes that a session remembers after another one. */
export function rememberChange(recentChanges: readonly string[], key: string): string[] {
  return [...recentChanges, key].slice(-MAX_RECENT_CHANGES);
}

/** Returns a copy's expiry when the session is used at `nowMs`. */
export function prolonged(endsAtMs: number, { idleMs }: SessionLifetimes, nowMs: number): number {
  return Math.min(nowMs + idleMs, endsAtMs);
}

/** Whether prolonging the session now is worth a write. */
export function needsTouch(copy: SessionCopy, lifetimes: SessionLifetimes, nowMs: number): boolean {
  return prolonged(copy.endsAtMs, lifetimes, nowMs) - copy.expiresAtMs > TOUCH_AFTER * lifetimes.idleMs;
}

/**
 * Returns a session's new state as JSON.
 *
 * @throws {SessionNotJsonError} when it is no object, or JSON cannot represent it
 * @throws {SessionTooLargeError} when it is larger than `maxBytes`
 */
export function serialize(data: unknown, maxBytes: number): string {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || isPromise(data)) {
    throw new SessionNotJsonError('the new state of a session must be an object, which the function returns at once');
  }
  const json = toJson(data);
  // Dates and URLs, for example, are objects that become text.
  if (!json?.startsWith('{'))
    throw new SessionNotJsonError(`the new state of a session must be a JSON object, got ${json}`);
  const bytes = new TextEncoder().encode(json).length;
  if (bytes > maxBytes) throw new SessionTooLargeError(bytes, maxBytes);
  return json;
}

function isPromise(data: object): boolean {
  return 'then' in data && typeof data.then === 'function';
}

/** Returns undefined for what JSON leaves out. */
function toJson(data: object): string | undefined {
  try {
    return JSON.stringify(data);
  } catch (error) {
    throw new SessionNotJsonError('the new state of a session must be JSON', { cause: error });
  }
}
