/**
 * Returns a clock for intervals, in milliseconds, that never goes back.
 *
 * Node's `performance.now()` never does. In workerd and on Cloudflare it follows the wall clock, which an operator or NTP can
 * set back at any time, and there is no other clock. This clock counts a step back as no time. An interval then lasts longer,
 * but at most by the time since the clock was last read. A step forward ends an interval early.
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
