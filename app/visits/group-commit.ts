import { backoffMs } from '../lib/backoff.ts';
import { delay } from '../lib/delay.ts';
import { createInFlight } from '../lib/in-flight.ts';
import { createMonotonicClock } from '../lib/monotonic-clock.ts';
import { CommitInDoubtError } from '../lib/store-errors.ts';
import { VisitQueueFullError } from './errors.ts';
import type { Visit, VisitStore } from './visit.ts';

interface Waiter {
  resolve: (number: number) => void;
  reject: (error: unknown) => void;
}

interface QueuedVisit {
  visit: Visit;
  waiters: Waiter[];
}

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
  pause?: (ms: number) => Promise<void>;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** How long the outcome of a commit in doubt is pursued; the last attempt begins by then. */
const IN_DOUBT_TIMEOUT_MS = 8000;
const IN_DOUBT_BACKOFF = { firstMs: 100, lastMs: 2000 };

/** Group commit: visits that arrive during a transaction are written together in the next one. */
export interface GroupCommit {
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
  /** The number of visits that wait to be written, which `queueLimit` limits. */
  queued(): number;
  /** The number of visits that wait or are being committed. */
  unfinished(): number;
  /** Resolves when there are no unfinished visits. */
  idle(): Promise<void>;
}

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { commit, queueLimit, batchLimit = 500, beforeBatch = async () => {}, pause = delay } = options;
  const monotonicMs = options.monotonicMs ?? createMonotonicClock();
  const queue = new Map<string, QueuedVisit>();
  const unfinished = createInFlight();
  let isDraining = false;

  async function commitNextBatch(): Promise<void> {
    const batch = takeBatch(batchLimit);
    try {
      resolveAll(batch, await commitBatch(batch));
    } catch (error) {
      // Resolve this batch in the background: the visits in the queue are not in doubt and need not wait for it.
      if (error instanceof CommitInDoubtError) void resolveInDoubt(batch);
      // The queued visits would fail the same way. Reject them now, instead of one deadline after another.
      else rejectAll([...batch, ...takeBatch(queue.size)], error);
    }
  }

  async function resolveInDoubt(batch: QueuedVisit[]): Promise<void> {
    const giveUpAtMs = monotonicMs() + IN_DOUBT_TIMEOUT_MS;
    for (let attempt = 0; ; attempt++) {
      await pause(backoffMs(attempt, IN_DOUBT_BACKOFF));
      try {
        return resolveAll(batch, await commitBatch(batch));
      } catch (error) {
        const isLast = monotonicMs() + backoffMs(attempt + 1, IN_DOUBT_BACKOFF) > giveUpAtMs;
        if (isLast) return rejectAll(batch, error);
      }
    }
  }

  const commitBatch = (batch: QueuedVisit[]) => commit(batch.map(({ visit }) => visit));

  function resolveAll(batch: QueuedVisit[], numbers: number[]): void {
    for (const [index, { waiters }] of batch.entries()) {
      unfinished.end();
      for (const { resolve } of waiters) resolve(numbers[index] as number);
    }
  }

  function rejectAll(batch: QueuedVisit[], error: unknown): void {
    for (const { waiters } of batch) {
      unfinished.end();
      for (const { reject } of waiters) reject(error);
    }
  }

  function takeBatch(limit: number): QueuedVisit[] {
    const batch = [...queue.values().take(limit)];
    for (const { visit } of batch) queue.delete(visit.requestId);
    return batch;
  }

  async function drainQueue(): Promise<void> {
    isDraining = true;
    while (queue.size > 0) {
      await beforeBatch();
      await commitNextBatch();
    }
    isDraining = false;
  }

  return {
    record(visit) {
      return new Promise((resolve, reject) => {
        const waiting = queue.get(visit.requestId);
        if (waiting) {
          waiting.waiters.push({ resolve, reject });
          return;
        }
        if (queue.size >= queueLimit) {
          reject(new VisitQueueFullError(queueLimit));
          return;
        }
        unfinished.begin();
        queue.set(visit.requestId, { visit, waiters: [{ resolve, reject }] });
        if (!isDraining) void drainQueue();
      });
    },
    queued: () => queue.size,
    unfinished: unfinished.count,
    idle: unfinished.idle,
  };
}
