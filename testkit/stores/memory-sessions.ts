import { CommitInDoubtError, StoreUnavailableError } from '../../app/lib/store-errors.ts';
import { createDirectAccess } from '../../app/sessions/session-access.ts';
import type { SessionDeps } from '../../app/sessions/session-deps.ts';
import { createSessionStats } from '../../app/sessions/session-stats.ts';
import type {
  ReplacedSession,
  SessionLifetimes,
  SessionStore,
  SessionWrite,
  StoredSession,
} from '../../app/sessions/session-store.ts';

/** What becomes of the next commit: refused, or its answer is lost after it was made or before. */
export type CommitFate = 'done' | 'refused' | 'lost after' | 'lost before';

export interface MemorySessionStore extends SessionStore {
  /** Decides about the next commits; `done` when there is none. */
  fates: CommitFate[];
  reads: number;
  sessions: Map<string, StoredSession & { expiresAtMs: number; endsAtMs: number }>;
}

/** A store of sessions in memory, which follows the contract, and fails on request. */
export function createMemorySessionStore(lifetimes: SessionLifetimes, nowMs: () => number): MemorySessionStore {
  const sessions: MemorySessionStore['sessions'] = new Map();
  const ended = new Map<string, { key: string; successor?: string; atMs: number }>();

  function live(idHash: string) {
    const found = sessions.get(idHash);
    return found && found.expiresAtMs > nowMs() ? found : undefined;
  }

  function apply(write: SessionWrite): boolean {
    const found = live(write.idHash);
    switch (write.kind) {
      case 'create': {
        if (sessions.has(write.idHash)) return false;
        const endsAtMs = nowMs() + lifetimes.absoluteMs;
        const expiresAtMs = Math.min(nowMs() + lifetimes.idleMs, endsAtMs);
        const { data, recentChanges } = write;
        sessions.set(write.idHash, {
          version: 1,
          data,
          recentChanges,
          expiresAtMs,
          endsAtMs,
          expiresInMs: 0,
          endsInMs: 0,
        });
        return true;
      }
      case 'update':
        if (found?.version !== write.fromVersion) return false;
        Object.assign(found, { version: found.version + 1, data: write.data, recentChanges: write.recentChanges });
        return prolong(write.idHash);
      case 'touch':
        return prolong(write.idHash);
      case 'replace':
        if (found?.version !== write.fromVersion) return false;
        sessions.delete(write.idHash);
        sessions.set(write.newIdHash, { ...found, version: found.version + 1, recentChanges: write.recentChanges });
        ended.set(write.idHash, { key: write.key, successor: write.newIdHash, atMs: nowMs() });
        return true;
      case 'replaceAgain': {
        const end = ended.get(write.idHash);
        const moved = end?.key === write.key ? live(end.successor ?? '') : undefined;
        if (!end || !moved) return false;
        sessions.delete(end.successor as string);
        sessions.set(write.newIdHash, moved);
        end.successor = write.newIdHash;
        return true;
      }
      case 'end':
        if (!ended.has(write.idHash)) ended.set(write.idHash, { key: write.key, atMs: nowMs() });
        return sessions.delete(write.idHash);
    }
  }

  function prolong(idHash: string): boolean {
    const found = live(idHash);
    if (found) found.expiresAtMs = Math.min(nowMs() + lifetimes.idleMs, found.endsAtMs);
    return found !== undefined;
  }

  const store: MemorySessionStore = {
    fates: [],
    reads: 0,
    sessions,
    async read(idHashes) {
      store.reads++;
      return idHashes.map((idHash): StoredSession | ReplacedSession | undefined => {
        const found = live(idHash);
        if (found) {
          const { expiresAtMs, endsAtMs, ...session } = found;
          return { ...session, expiresInMs: expiresAtMs - nowMs(), endsInMs: endsAtMs - nowMs() };
        }
        const end = ended.get(idHash);
        return end?.successor === undefined ? undefined : { replacedBy: end.key };
      });
    },
    async commit(writes) {
      const fate = store.fates.shift() ?? 'done';
      if (fate === 'refused') throw new StoreUnavailableError('refused');
      if (fate === 'lost before') throw new CommitInDoubtError('lost');
      const applied = writes.map(apply);
      if (fate === 'lost after') throw new CommitInDoubtError('lost');
      return applied;
    },
    async listEnded(withinMs) {
      return [...ended].filter(([, { atMs }]) => atMs > nowMs() - withinMs).map(([idHash]) => idHash);
    },
    async purge() {
      return 0;
    },
  };
  return store;
}

/** Sessions without a database, for the app's own tests. */
export function createMemorySessions(): SessionDeps {
  const lifetimes = { idleMs: 3_600_000, absoluteMs: 36_000_000 };
  const store = createMemorySessionStore(lifetimes, Date.now);
  return {
    access: createDirectAccess(store),
    stats: createSessionStats(),
    lifetimes,
    maxBytes: 16_384,
    monotonicMs: () => performance.now(),
  };
}
