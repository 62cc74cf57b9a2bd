import type { Log } from './log.ts';
import { createLogQuota, notLogged } from './log-quota.ts';
import { createMonotonicClock } from './monotonic-clock.ts';

export interface QuietLogOptions {
  log: Log;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** How many messages have a quota of their own, which bounds the memory. */
const MESSAGES = 100;

/**
 * Returns a log that repeats no error message more often than once a second, however many requests an outage hits. A line after
 * others were left out has their number.
 */
export function createQuietLog({ log, monotonicMs = createMonotonicClock() }: QuietLogOptions): Log {
  const quota = createLogQuota({ linesPerSecond: 1, burst: 1, tableSize: MESSAGES, monotonicMs });

  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error(fields, message) {
      const leftOut = quota.take(message);
      if (leftOut !== undefined) log.error({ ...fields, ...notLogged(leftOut) }, message);
    },
  };
}
