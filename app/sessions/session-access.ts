import { type Batcher, createBatcher } from '../lib/batcher.ts';
import { SessionQueueFullError } from './errors.ts';
import type { ReplacedSession, SessionStore, SessionWrite, StoredSession } from './session-store.ts';

/** How requests reach the store of sessions, one session at a time. */
export interface SessionAccess {
  read(idHash: string): Promise<StoredSession | ReplacedSession | undefined>;
  /** Resolves with whether the change applied. */
  commit(write: SessionWrite): Promise<boolean>;
}

/** Each request on its own, for Workers, where a request must not await what another request started. */
export function createDirectAccess(store: SessionStore): SessionAccess {
  return {
    read: async (idHash) => (await store.read([idHash]))[0],
    commit: async (write) => (await store.commit([write]))[0] === true,
  };
}

export interface BatchedAccessOptions {
  store: Pick<SessionStore, 'read' | 'commit'>;
  /** How many reads, and how many changes, may wait for the database. */
  queueLimit: number;
  /** Runs before each batch, so that requests which have already arrived join it. */
  beforeBatch?: () => Promise<void>;
}

/**
 * Few enough for a packet of 1 MiB, which is the least that a server must accept: a change has up to 16 KiB, and quotes in it
 * are escaped.
 */
const MAX_CHANGES_PER_COMMIT = 20;
const MAX_READS_PER_QUERY = 100;

/** Group commit, and one query for all sessions that requests wait for. */
export interface BatchedAccess extends SessionAccess {
  changes: Pick<Batcher<SessionWrite, boolean>, 'queued' | 'unfinished' | 'idle'>;
}

export function createBatchedAccess({ store, queueLimit, beforeBatch }: BatchedAccessOptions): BatchedAccess {
  const shared = {
    queueLimit,
    onFull: (limit: number) => new SessionQueueFullError(limit),
    beforeBatch,
  };
  const reads = createBatcher({
    ...shared,
    batchLimit: MAX_READS_PER_QUERY,
    run: (idHashes: string[]) => store.read(idHashes),
    keyOf: (idHash: string) => idHash,
  });
  const changes = createBatcher({
    ...shared,
    batchLimit: MAX_CHANGES_PER_COMMIT,
    run: (writes: SessionWrite[]) => store.commit(writes),
  });
  return { read: reads.add, commit: changes.add, changes };
}
