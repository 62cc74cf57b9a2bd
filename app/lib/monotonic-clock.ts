/**
 * Builds a clock for intervals, in milliseconds, that never goes back.
 *
 * Node's `performance.now()` never does. In workerd and on Cloudflare it follows the wall clock, which an operator or NTP can
 * set back at any time, and there is no other clock. A step back then counts as no time at all, so that an interval that has
 * begun is at most as much longer as the clock was not read before the step. A step forward ends it early.
 */
export function createMonotonicClock(nowMs: () => number = () => performance.now()): () => number {
  let lastMs = nowMs();
  let steppedBackMs = 0;
  return () => {
    const readMs = nowMs();
    if (readMs < lastMs) steppedBackMs += lastMs - readMs;
    lastMs = readMs;
    return readMs + steppedBackMs;
  };
}
