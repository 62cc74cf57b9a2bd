import { createTimeBuckets } from './time-buckets.ts';

/** Width of a bucket of recent counts, and their number: five minutes, in few numbers per name. */
export const RECENT_BUCKET_MS = 30_000;
export const RECENT_BUCKETS = 10;

/** Counts by name, in buckets of `RECENT_BUCKET_MS`, oldest first; the last one has the number `lastBucket`. */
export interface RecentCounts {
  lastBucket: number;
  /** Names without a count in these minutes are left out. */
  counts: Record<string, number[]>;
}

export interface RecentCountsRecorder {
  add(name: string, count?: number): void;
  /** Continues the counts of the previous process. */
  resume(previous: RecentCounts): void;
  report(): RecentCounts;
}

/**
 * Creates empty counts.
 *
 * @param nowMs wall-clock time, in milliseconds since the epoch
 */
export function createRecentCounts(nowMs: () => number): RecentCountsRecorder {
  const buckets = createTimeBuckets(RECENT_BUCKETS, () => new Map<string, number>());
  const currentBucket = () => Math.floor(nowMs() / RECENT_BUCKET_MS);

  function addTo(bucket: number, name: string, count: number): void {
    const counts = buckets.at(bucket);
    counts.set(name, (counts.get(name) ?? 0) + count);
  }

  return {
    add: (name, count = 1) => addTo(currentBucket(), name, count),

    resume({ lastBucket, counts }) {
      for (const [name, inBuckets] of Object.entries(counts)) {
        for (const [index, count] of inBuckets.entries()) {
          const bucket = lastBucket - inBuckets.length + 1 + index;
          // Slots are reused: an older bucket, or a future one from a wrong clock, would overwrite one that is shown.
          const isShown = Math.abs(currentBucket() - bucket) < RECENT_BUCKETS;
          if (count > 0 && isShown) addTo(bucket, name, count);
        }
      }
    },

    report() {
      const lastBucket = currentBucket();
      const shown = buckets.upTo(lastBucket, RECENT_BUCKETS);
      const names = new Set(shown.flatMap((counts) => [...counts.keys()]));
      const inBuckets = (name: string) => shown.map((counts) => counts.get(name) ?? 0);
      return { lastBucket, counts: Object.fromEntries([...names].map((name) => [name, inBuckets(name)])) };
    },
  };
}

/** Adds up, by name, what several replicas counted in the five minutes before `timeMs`, in milliseconds since the epoch. */
export function sumRecentCounts(reports: readonly RecentCounts[], timeMs: number): Map<string, number> {
  const now = Math.floor(timeMs / RECENT_BUCKET_MS);
  const sums = new Map<string, number>();
  for (const { lastBucket, counts } of reports) {
    for (const [name, inBuckets] of Object.entries(counts)) {
      const recent = inBuckets.filter((_count, index) => {
        const bucket = lastBucket - inBuckets.length + 1 + index;
        return bucket > now - RECENT_BUCKETS && bucket <= now;
      });
      const sum = recent.reduce((total, count) => total + count, 0);
      sums.set(name, (sums.get(name) ?? 0) + sum);
    }
  }
  return sums;
}
