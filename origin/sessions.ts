import { setImmediate } from 'node:timers/promises';
import type { KnownAway } from '../app/lib/known-away.ts';
import { failWhileAway } from '../app/lib/known-away.ts';
import type { Log } from '../app/lib/log.ts';
import { createEndedSessions } from '../app/sessions/ended-sessions.ts';
import { createExpiredSessions } from '../app/sessions/expired-sessions.ts';
import { type BatchedAccess, createBatchedAccess } from '../app/sessions/session-access.ts';
import { createSessionCache, type SessionCache } from '../app/sessions/session-cache.ts';
import type { SessionDeps } from '../app/sessions/session-deps.ts';
import { createSessionStats, type SessionStats } from '../app/sessions/session-stats.ts';
import type { SessionStore } from '../app/sessions/session-store.ts';
import type { SessionConfig } from '../app/sessions/settings.ts';
import { createTurns } from '../app/sessions/turns.ts';

export interface OriginSessionsOptions {
  config: SessionConfig & { cacheBytes: number };
  store: SessionStore;
  database: KnownAway;
  inDoubtTimeoutMs: number;
  log: Log;
}

/** The sessions of one replica: copies in memory, group commit, and the removal of expired sessions. */
export interface OriginSessions {
  deps: SessionDeps;
  cache: SessionCache;
  stats: SessionStats;
  changes: BatchedAccess['changes'];
  start(): void;
  stop(): Promise<void>;
}

/** How many reads, and how many changes, may wait for the database: a change can hold 16 KiB. See docs/limits.md. */
const QUEUE_LIMIT = 500;

export function createOriginSessions({
  config,
  store,
  database,
  inDoubtTimeoutMs,
  log,
}: OriginSessionsOptions): OriginSessions {
  const { lifetimes, maxBytes, cacheBytes } = config;
  const monotonicMs = () => performance.now();
  const cache = createSessionCache({ maxBytes: cacheBytes, monotonicMs });
  const stats = createSessionStats();
  const { read, commit, changes } = createBatchedAccess({
    store: { read: failWhileAway(database, store.read), commit: failWhileAway(database, store.commit) },
    queueLimit: QUEUE_LIMIT,
    beforeBatch: () => setImmediate(),
  });
  const ended = createEndedSessions({ listEnded: failWhileAway(database, store.listEnded), cache, monotonicMs });
  const expired = createExpiredSessions({ purge: failWhileAway(database, store.purge), log });
  const limits = { lifetimes, maxBytes, inDoubtTimeoutMs };
  const deps = { access: { read, commit }, stats, ...limits, cache, takeTurns: createTurns(), monotonicMs };

  return {
    deps,
    cache,
    stats,
    changes,
    start() {
      ended.start();
      expired.start();
    },
    async stop() {
      await Promise.all([ended.stop(), expired.stop()]);
    },
  };
}
