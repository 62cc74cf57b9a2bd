import { AFFINITY_IDLE_TIMEOUT_SECONDS } from '../affinity/cookie.ts';
import {
  type CountedVisit,
  HISTORY_BUCKET_MS,
  HISTORY_BUCKETS,
  type ReplicaHistory,
  type ReplicaStats,
  SERIES,
  type Series,
  seriesOf,
  VISIT_VERDICTS,
} from './registry.ts';
import type { RequestEvent } from './request-event.ts';
import { createTimeBuckets } from './time-buckets.ts';

/** Keeps recent latencies and computes their percentiles. */
export interface RecentLatency {
  record(durationMs: number): void;
  /** Null when there were no recent measurements. */
  percentilesMs(): ReplicaStats['latencyMs'];
}

export interface StatsRecorderOptions {
  latency: RecentLatency;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
  /** Maximum number of clients kept, which bounds the memory. `mooredClients` never exceeds it. */
  clientLimit?: number;
}

/** Counts one replica's own visits, for the dashboard. Its size is bounded, however many visits there are. */
export interface StatsRecorder {
  observe(request: RequestEvent): void;
  /** Removes a client that gave up its affinity. */
  release(clientId: string): void;
  /** Continues the previous process' history under the same server id, so that a restart leaves no gap. */
  resume(previous: Pick<ReplicaStats, 'history' | 'lastVisits'>): void;
  figures(): RecordedStats;
}

/** The stats from requests; interruptions are recorded elsewhere. */
export type RecordedStats = Omit<ReplicaStats, 'interruptions'>;

const LAST_VISITS = 10;
/** Visits per second are the mean over this many whole seconds. */
const RATE_SECONDS = 3;

export function createStatsRecorder(options: StatsRecorderOptions): StatsRecorder {
  const { latency, nowMs = Date.now, clientLimit = 50_000 } = options;
  const { monotonicMs = () => performance.now() } = options;
  const buckets = createTimeBuckets<Record<Series, number>>(HISTORY_BUCKETS, () => ({
    new: 0,
    hit: 0,
    moved: 0,
    invalid: 0,
    refused: 0,
  }));
  const seconds = createTimeBuckets<{ visits: number }>(RATE_SECONDS + 1, () => ({ visits: 0 }));
  // The time of each client's last visit, the oldest first.
  const clients = new Map<string, number>();
  const lastVisits: CountedVisit[] = [];
  let visits = 0;
  let errors = 0;

  const bucketAt = (timeMs: number) => buckets.at(Math.floor(timeMs / HISTORY_BUCKET_MS));

  function keepLastVisits(): void {
    lastVisits.length = Math.min(lastVisits.length, LAST_VISITS);
  }

  function forgetIdleClients(): void {
    const idleSinceMs = monotonicMs() - AFFINITY_IDLE_TIMEOUT_SECONDS * 1000;
    for (const [clientId, seenAtMs] of clients) {
      if (seenAtMs > idleSinceMs && clients.size <= clientLimit) return;
      clients.delete(clientId);
    }
  }

  return {
    observe({ route, status, affinity, durationMs, visit }) {
      if (!visit) {
        if (route !== '/' || status < 500) return;
        errors++;
        bucketAt(nowMs()).refused++;
        return;
      }
      const timeMs = nowMs();
      visits++;
      latency.record(durationMs);
      seconds.at(Math.floor(monotonicMs() / 1000)).visits++;
      if (affinity !== 'takeover') bucketAt(timeMs)[affinity]++;
      const { number, requestId, clientId } = visit;
      lastVisits.unshift({ number, timeMs: visit.timeMs, affinity, requestId });
      keepLastVisits();
      clients.delete(clientId);
      clients.set(clientId, monotonicMs());
      forgetIdleClients();
    },

    release(clientId) {
      clients.delete(clientId);
    },

    resume({ history, lastVisits: earlierVisits }) {
      const firstBucket = history.lastBucket - HISTORY_BUCKETS + 1;
      // Slots are reused: an older bucket, or a future one from a wrong clock, would overwrite one that is shown.
      const isShown = (bucket: number) => Math.abs(Math.floor(nowMs() / HISTORY_BUCKET_MS) - bucket) < HISTORY_BUCKETS;
      for (const name of SERIES) {
        for (const [index, count] of seriesOf(history, name).entries()) {
          if (count > 0 && isShown(firstBucket + index)) buckets.at(firstBucket + index)[name] += count;
        }
      }
      lastVisits.push(...earlierVisits);
      keepLastVisits();
    },

    figures() {
      const timeMs = nowMs();
      forgetIdleClients();
      const lastBucket = Math.floor(timeMs / HISTORY_BUCKET_MS);
      const history = buckets.upTo(lastBucket, HISTORY_BUCKETS);
      // Without the current second, which is not over yet.
      const wholeSeconds = seconds.upTo(Math.floor(monotonicMs() / 1000) - 1, RATE_SECONDS);
      return {
        visits,
        errors,
        visitsPerSecond: wholeSeconds.reduce((sum, second) => sum + second.visits, 0) / RATE_SECONDS,
        mooredClients: clients.size,
        latencyMs: latency.percentilesMs(),
        history: {
          lastBucket,
          verdicts: Object.fromEntries(
            VISIT_VERDICTS.map((verdict) => [verdict, history.map((bucket) => bucket[verdict])]),
          ) as ReplicaHistory['verdicts'],
          refused: history.map(({ refused }) => refused),
        },
        lastVisits: [...lastVisits],
      };
    },
  };
}
