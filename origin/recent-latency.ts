import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { RecentLatency } from '../app/replicas/stats.ts';

export interface RecentLatencyOptions {
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Percentiles cover between one and two spans of this length. */
const SPAN_MS = 30_000;
const NS_PER_MS = 1e6;
/** No request lasts longer than `highest`; two significant digits are enough to read. */
const FORM = { lowest: 1, highest: 600_000 * NS_PER_MS, figures: 2 };

/**
 * Keeps the durations of the last 30 to 60 seconds in two of Node's histograms, which take turns: the older one is emptied.
 */
export function createRecentLatency({
  monotonicMs = () => performance.now(),
}: RecentLatencyOptions = {}): RecentLatency {
  let current = createHistogram(FORM);
  let previous = createHistogram(FORM);
  let currentSpan = 0;

  function turn(): void {
    const span = Math.floor(monotonicMs() / SPAN_MS);
    if (span === currentSpan) return;
    const isNext = span === currentSpan + 1;
    [previous, current] = [isNext ? current : emptied(current), emptied(previous)];
    currentSpan = span;
  }

  return {
    record(durationMs) {
      turn();
      current.record(Math.min(FORM.highest, Math.max(FORM.lowest, Math.round(durationMs * NS_PER_MS))));
    },
    percentilesMs() {
      turn();
      const all = createHistogram(FORM);
      all.add(previous);
      all.add(current);
      if (all.count === 0) return null;
      const percentileMs = (percentile: number) => all.percentile(percentile) / NS_PER_MS;
      return { p50: percentileMs(50), p95: percentileMs(95), p99: percentileMs(99) };
    },
  };
}

function emptied(histogram: RecordableHistogram): RecordableHistogram {
  histogram.reset();
  return histogram;
}
