import { createInFlight } from './in-flight.ts';

export interface BatcherOptions<I, O> {
  /** Processes a batch. Returns the results in the order of the items. Batches run one after the other. */
  run: (items: I[]) => Promise<O[]>;
  /** How many items may wait; `onFull` makes the error for a further one. */
  queueLimit: number;
  onFull: (queueLimit: number) => Error;
  /** Maximum number of items per batch. */
  batchLimit: number;
  /** Runs before each batch, so that items which have already arrived join it. */
  beforeBatch?: (() => Promise<void>) | undefined;
  /** Items with the same key share one place in the queue and one result. By default each item has its own. */
  keyOf?: (item: I) => unknown;
  /**
   * Called when a batch has failed. Returns the batch's results when they can still be found out; the queue goes on meanwhile.
   * Returns undefined when the batch has failed for good. The waiting items then fail with it: they would fail the same way,
   * one timeout after another.
   */
  recover?: (error: unknown, items: I[]) => Promise<O[]> | undefined;
}

/** Collects items that arrive during a batch into the next one. A lone item is processed at once; no timer is involved. */
export interface Batcher<I, O> {
  /**
   * @returns the item's result
   * @throws the error of `onFull` at once, when the queue is full
   * @throws the error of `run` or `recover`
   */
  add(item: I): Promise<O>;
  /** The number of items that wait for a batch. */
  queued(): number;
  /** The number of items that wait or are being processed. */
  unfinished(): number;
  /** Resolves when there are no unfinished items. */
  idle(): Promise<void>;
}

interface Waiter<O> {
  resolve: (result: O) => void;
  reject: (error: unknown) => void;
}

interface Entry<I, O> {
  item: I;
  waiters: Waiter<O>[];
}

export function createBatcher<I, O>(options: BatcherOptions<I, O>): Batcher<I, O> {
  const { run, queueLimit, onFull, batchLimit, beforeBatch = async () => {}, recover = () => undefined } = options;
  const { keyOf = () => Symbol() } = options;
  const queue = new Map<unknown, Entry<I, O>>();
  const unfinished = createInFlight();
  let isRunning = false;

  async function runNextBatch(): Promise<void> {
    const batch = takeBatch(batchLimit);
    const items = batch.map(({ item }) => item);
    try {
      resolveAll(batch, await run(items));
    } catch (error) {
      const recovering = recover(error, items);
      if (recovering) {
        recovering.then(
          (results) => resolveAll(batch, results),
          (failure) => rejectAll(batch, failure),
        );
      } else rejectAll([...batch, ...takeBatch(queue.size)], error);
    }
  }

  function resolveAll(batch: Entry<I, O>[], results: O[]): void {
    for (const [index, { waiters }] of batch.entries()) {
      unfinished.end();
      for (const { resolve } of waiters) resolve(results[index] as O);
    }
  }

  function rejectAll(batch: Entry<I, O>[], error: unknown): void {
    for (const { waiters } of batch) {
      unfinished.end();
      for (const { reject } of waiters) reject(error);
    }
  }

  function takeBatch(limit: number): Entry<I, O>[] {
    const taken = [...queue.entries().take(limit)];
    for (const [key] of taken) queue.delete(key);
    return taken.map(([, entry]) => entry);
  }

  async function drainQueue(): Promise<void> {
    isRunning = true;
    while (queue.size > 0) {
      await beforeBatch();
      await runNextBatch();
    }
    isRunning = false;
  }

  return {
    add(item) {
      return new Promise((resolve, reject) => {
        const key = keyOf(item);
        const waiting = queue.get(key);
        if (waiting) {
          waiting.waiters.push({ resolve, reject });
          return;
        }
        if (queue.size >= queueLimit) {
          reject(onFull(queueLimit));
          return;
        }
        unfinished.begin();
        queue.set(key, { item, waiters: [{ resolve, reject }] });
        if (!isRunning) void drainQueue();
      });
    },
    queued: () => queue.size,
    unfinished: unfinished.count,
    idle: unfinished.idle,
  };
}
