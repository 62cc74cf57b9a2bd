import { delay } from './delay.ts';
import { createMonotonicClock } from './monotonic-clock.ts';

export interface CachedReadOptions<T> {
  /** Reports a failure as data: one that it throws reaches its own caller only, and is not cached. */
  read: () => Promise<T>;
  /** How long a value is reused, in milliseconds. */
  maxAgeMs: (value: T) => number;
  /** Whether callers during a read get the previous value, whatever its age, instead of waiting. */
  usePrevious?: boolean;
  /**
   * After this long a read counts as lost, and the next caller reads again. On Workers this happens: the runtime cancels the
   * work of a request whose client disconnects.
   */
  lostAfterMs?: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** How often callers look whether the read that they wait for has ended. */
const POLL_INTERVAL_MS = 20;

/**
 * Shares a read among callers: one at a time, and its result is reused for `maxAgeMs`. A result may therefore be older than the
 * call; where it must not be, use `singleFlight`. Callers share the result and never the promise, because on Workers a
 * request must not await I/O that another request started.
 */
export function cachedRead<T>(options: CachedReadOptions<T>): () => Promise<T> {
  const { read, maxAgeMs, usePrevious = false, lostAfterMs = Number.POSITIVE_INFINITY } = options;
  const { monotonicMs = createMonotonicClock() } = options;
  let latest: { value: T; freshUntilMs: number } | undefined;
  let readingSinceMs: number | undefined;

  const isBeingRead = () => readingSinceMs !== undefined && monotonicMs() - readingSinceMs < lostAfterMs;

  return async () => {
    while (isBeingRead()) {
      if (usePrevious && latest) return latest.value;
      await delay(POLL_INTERVAL_MS);
    }
    if (latest && monotonicMs() < latest.freshUntilMs) return latest.value;
    readingSinceMs = monotonicMs();
    try {
      const value = await read();
      latest = { value, freshUntilMs: monotonicMs() + maxAgeMs(value) };
      return value;
    } finally {
      readingSinceMs = undefined;
    }
  };
}
