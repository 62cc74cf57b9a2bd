import { type BackgroundLoop, createBackgroundLoop } from '../lib/background-loop.ts';
import { delay } from '../lib/delay.ts';
import { CHECK_TIMEOUT_MS, type SessionCache } from './session-cache.ts';
import type { SessionStore } from './session-store.ts';

export interface EndedSessionsOptions {
  listEnded: SessionStore['listEnded'];
  cache: Pick<SessionCache, 'end' | 'checked'>;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
  intervalMs?: number;
  /** Resolves after `ms`, or as soon as `signal` is aborted. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Drops a replica's copies of sessions that ended on another replica, once a second. */
export interface EndedSessions extends BackgroundLoop {
  /** Asks the database now. */
  check(): Promise<void>;
}

/** Longer than copies are used without a check, so that no ended session is missed between two checks. */
const LOOK_BACK_MS = 3 * CHECK_TIMEOUT_MS;

export function createEndedSessions(options: EndedSessionsOptions): EndedSessions {
  const { listEnded, cache, monotonicMs, intervalMs = 1000, pause = delay } = options;

  async function check(): Promise<void> {
    const atMs = monotonicMs();
    cache.end(await listEnded(LOOK_BACK_MS));
    cache.checked(atMs);
  }

  const loop = createBackgroundLoop(async (signal) => {
    // The store has logged a failure. Without a check the copies soon count as unusable.
    await check().catch(() => {});
    await pause(intervalMs, signal);
  });
  return { ...loop, check };
}
