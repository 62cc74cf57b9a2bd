import { setTimeout } from 'node:timers/promises';

export interface LatestOptions<T> {
  read: () => Promise<T>;
  /** How long what was read serves all who ask, in milliseconds. */
  maxAgeMs: number;
  /** How long who asks is kept waiting, in milliseconds. */
  waitMs: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/**
 * Reads now and then, however many ask however often, and one reading at a time.
 *
 * @returns a way to ask: undefined when the reading failed or takes too long
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
