import { type Batcher, createBatcher } from '../lib/batcher.ts';
import { delay } from '../lib/delay.ts';
import { DEFAULT_IN_DOUBT_TIMEOUT_MS, resolveInDoubt } from '../lib/in-doubt.ts';
import { createMonotonicClock } from '../lib/monotonic-clock.ts';
import { CommitInDoubtError } from '../lib/store-errors.ts';
import { VisitQueueFullError } from './errors.ts';
import type { Visit, VisitStore } from './visit.ts';

export interface GroupCommitOptions {
  commit: VisitStore['commit'];
  /** How many visits may wait to be written; further ones are rejected. */
  queueLimit: number;
  /** Maximum number of visits per transaction, which bounds the size of a statement. */
  batchLimit?: number;
  /**
   * Runs before each batch, so that requests that have already arrived join it: one turn of the event loop on Node. Without
   * it, a database that commits in the calling thread, as SQLite does, would never see more than one visit at a time.
   */
  beforeBatch?: () => Promise<void>;
  /** How long the outcome of a commit in doubt is pursued, in milliseconds. */
  inDoubtTimeoutMs?: number;
  pause?: (ms: number) => Promise<void>;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Group commit: visits that arrive during a transaction are written together in the next one. */
export interface GroupCommit extends Pick<Batcher<Visit, number>, 'queued' | 'unfinished' | 'idle'> {
  /**
   * Queues a visit and waits until it is committed. A lone visit is committed at once. When a visit with the same request id
   * is already queued, both share its result, so a batch never contains an id twice.
   *
   * @returns the visit's number
   * @throws {VisitQueueFullError} at once, when the queue is full
   * @throws {CommitInDoubtError} when the database failed during the commit and its outcome could not be found out in time
   * @throws any other error of `commit`; the visit is then not counted
   */
  record(visit: Visit): Promise<number>;
}

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { commit, queueLimit, batchLimit = 500, beforeBatch, pause = delay } = options;
  const { inDoubtTimeoutMs: timeoutMs = DEFAULT_IN_DOUBT_TIMEOUT_MS, monotonicMs = createMonotonicClock() } = options;

  const { add, queued, unfinished, idle } = createBatcher<Visit, number>({
    run: commit,
    queueLimit,
    onFull: (limit) => new VisitQueueFullError(limit),
    batchLimit,
    beforeBatch,
    keyOf: ({ requestId }) => requestId,
    recover: (error, visits) =>
      error instanceof CommitInDoubtError
        ? resolveInDoubt(() => commit(visits), { timeoutMs, pause, monotonicMs })
        : undefined,
  });
  return { record: add, queued, unfinished, idle };
}
