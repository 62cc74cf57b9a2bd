import { delay } from '../lib/delay.ts';
import { CommitInDoubtError, VisitQueueFullError } from './errors.ts';
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
  /** How many visits may wait for their turn to be written; the next one is turned away. */
  queueLimit: number;
  /** How many visits one transaction takes at most: bounds the size of a statement. */
  batchLimit?: number;
  /**
   * Takes in what has arrived already, before a batch is made: one turn of the event loop on Node. Without it a database
   * that commits in the calling thread, as SQLite does, would never see more than one visit at a time.
   */
  beforeBatch?: () => Promise<void>;
  pause?: (ms: number) => Promise<void>;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** How long it is tried to find out what became of a commit; the last try begins by then. */
const IN_DOUBT_TIMEOUT_MS = 8000;
const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 2000;

/** Group commit: visits that arrive while a transaction is under way are written together by the next one. */
export interface GroupCommit {
  /**
   * Queues a visit and waits until it is committed. A lone visit is committed at once. A request id that is already
   * waiting joins it, so one batch never holds an id twice.
   *
   * @returns the visit's number
   * @throws {VisitQueueFullError} at once, when the queue is full
   * @throws {CommitInDoubtError} when the database broke off in the act and did not come back in time to say how it went
   * @throws whatever else `commit` failed with; the visit is then not counted
   */
  record(visit: Visit): Promise<number>;
  /** How many visits wait for their turn to be written: what `queueLimit` bounds. */
  queued(): number;
  /** How many visits wait or are being committed. */
  unfinished(): number;
  /** Resolves when none does any more. */
  idle(): Promise<void>;
}

/** Builds the queue before a store's `commit`. */
export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { commit, queueLimit, batchLimit = 500, beforeBatch: takeInArrived = async () => {}, pause = delay } = options;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const queue = new Map<string, QueuedVisit>();
  let unfinished = 0;
  const onIdle: (() => void)[] = [];
  let isDraining = false;

  async function commitNextBatch(): Promise<void> {
    const batch = takeBatch(batchLimit);
    try {
      resolveAll(batch, await commitBatch(batch));
    } catch (error) {
      // Resolve this batch in the background: the visits in the queue are not in doubt and need not wait for it.
      if (error instanceof CommitInDoubtError) void resolveInDoubt(batch);
      // What waits meets the same database: it is told at once instead of one deadline after another.
      else rejectAll([...batch, ...takeBatch(queue.size)], error);
    }
  }

  async function resolveInDoubt(batch: QueuedVisit[]): Promise<void> {
    const giveUpAtMs = monotonicMs() + IN_DOUBT_TIMEOUT_MS;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      await pause(pauseMs);
      try {
        return resolveAll(batch, await commitBatch(batch));
      } catch (error) {
        pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
        if (monotonicMs() + pauseMs > giveUpAtMs) return rejectAll(batch, error);
      }
    }
  }

  const commitBatch = (batch: QueuedVisit[]) => commit(batch.map(({ visit }) => visit));

  function resolveAll(batch: QueuedVisit[], numbers: number[]): void {
    finish(batch.length);
    for (const [index, { waiters }] of batch.entries()) {
      for (const { resolve } of waiters) resolve(numbers[index] as number);
    }
  }

  function rejectAll(batch: QueuedVisit[], error: unknown): void {
    finish(batch.length);
    for (const { waiters } of batch) for (const { reject } of waiters) reject(error);
  }

  function finish(visits: number): void {
    unfinished -= visits;
    if (unfinished === 0) for (const resolve of onIdle.splice(0)) resolve();
  }

  function takeBatch(limit: number): QueuedVisit[] {
    const batch = [...queue.values().take(limit)];
    for (const { visit } of batch) queue.delete(visit.requestId);
    return batch;
  }

  async function drainQueue(): Promise<void> {
    isDraining = true;
    while (queue.size > 0) {
      await takeInArrived();
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
        unfinished++;
        queue.set(visit.requestId, { visit, waiters: [{ resolve, reject }] });
        if (!isDraining) void drainQueue();
      });
    },
    queued: () => queue.size,
    unfinished: () => unfinished,
    idle() {
      return new Promise((resolve) => {
        if (unfinished === 0) resolve();
        else onIdle.push(resolve);
      });
    },
  };
}
