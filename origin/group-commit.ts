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
  /** How many visits may wait while a commit is under way; the next one is turned away. */
  queueLimit: number;
  /** How many visits one transaction takes at most: bounds the size of a statement. */
  batchLimit?: number;
  /**
   * Takes in what has arrived already, before a batch is made: one turn of the event loop on Node. Without it a database
   * that commits in the calling thread, as SQLite does, would never see more than one visit at a time.
   */
  takeInArrived?: () => Promise<void>;
  pause?: (ms: number) => Promise<void>;
}

/** Pauses before each further try to find out what became of a commit, in milliseconds: eight seconds altogether. */
const IN_DOUBT_PAUSES_MS = [100, 200, 400, 800, 1500, 2500, 2500];

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
  /** How many visits wait or are being committed. */
  unfinished(): number;
}

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { commit, queueLimit, batchLimit = 500, takeInArrived = async () => {} } = options;
  const pause = options.pause ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  const queue = new Map<string, QueuedVisit>();
  let unfinished = 0;
  let isDraining = false;

  async function commitBatch(batch: QueuedVisit[]): Promise<void> {
    try {
      await commitAndAnswer(batch);
    } catch (error) {
      // It is settled beside the queue: what waits there is not in doubt, and gets its answer as soon as there is one.
      if (error instanceof CommitInDoubtError) void settle(batch);
      // What waits meets the same database: it is told at once instead of one deadline after another.
      else refuse([...batch, ...takeBatch(queue.size)], error);
    }
  }

  async function settle(batch: QueuedVisit[]): Promise<void> {
    let failure: unknown;
    for (const pauseMs of IN_DOUBT_PAUSES_MS) {
      await pause(pauseMs);
      failure = await commitAndAnswer(batch).catch((error: unknown) => error);
      if (failure === undefined) break;
    }
    if (failure !== undefined) refuse(batch, failure);
  }

  async function commitAndAnswer(batch: QueuedVisit[]): Promise<void> {
    const numbers = await commit(batch.map(({ visit }) => visit));
    unfinished -= batch.length;
    for (const [index, { waiters }] of batch.entries()) {
      for (const { resolve } of waiters) resolve(numbers[index] as number);
    }
  }

  function refuse(batch: QueuedVisit[], error: unknown): void {
    unfinished -= batch.length;
    for (const { waiters } of batch) for (const { reject } of waiters) reject(error);
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
      await commitBatch(takeBatch(batchLimit));
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
    unfinished: () => unfinished,
  };
}
