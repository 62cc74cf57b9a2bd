import { setTimeout } from 'node:timers/promises';

export interface LatestOptions<T> {
  read: () => Promise<T>;
  /** How long a result is reused, in milliseconds. */
  maxAgeMs: number;
  /** How long a caller waits for a pending read, in milliseconds. */
  waitMs: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/**
 * Caches a read: one at a time, and at most one per `maxAgeMs`, however many callers there are.
 *
 * @returns a function that resolves with the result, or with undefined when the read failed or takes too long
 */
export function cachedRead<T>(options: LatestOptions<T>): () => Promise<T | undefined> {
  const { read, maxAgeMs, waitMs, monotonicMs = () => performance.now() } = options;
  let reading: Promise<T | undefined> | undefined;
  let freshUntilMs = Number.POSITIVE_INFINITY;

  function readAgain(): Promise<T | undefined> {
    freshUntilMs = Number.POSITIVE_INFINITY;
    return read()
      .catch(() => undefined)
      .finally(() => {
        freshUntilMs = monotonicMs() + maxAgeMs;
      });
  }

  return () => {
    if (reading === undefined || monotonicMs() >= freshUntilMs) reading = readAgain();
    return Promise.race([reading, setTimeout(waitMs, undefined, { ref: false })]);
  };
}
