import type { AffinityVerdict } from '../affinity/verdict.ts';
import { isClientTraffic } from './client-traffic.ts';
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
import { createSeenClients } from './seen-clients.ts';
import { createTimeBuckets } from './time-buckets.ts';
import { createTrafficRecorder } from './traffic.ts';

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
  /** Whether the requests of a route are counted. */
  isCounted?: (route: string) => boolean;
}

/** An answered request, as far as the stats need it. */
export type CountedRequest = Omit<RequestEvent, 'method' | 'affinity'> & {
  /** Undefined when there is no verdict, because no replica answered. */
  affinity: AffinityVerdict | undefined;
};

/** Counts the requests of one replica's clients, for the dashboard. Its size is bounded, however many requests there are. */
export interface StatsRecorder {
  observe(request: CountedRequest): void;
  /** Continues the previous process' history under the same server id, so that a restart leaves no gap. */
  resume(previous: Pick<ReplicaStats, 'history' | 'lastVisits' | 'traffic'>): void;
  figures(): RecordedStats;
}

/** The stats from requests; interruptions and sessions are recorded elsewhere. */
export type RecordedStats = Omit<ReplicaStats, 'interruptions' | 'sessions'>;

const LAST_VISITS = 10;
/** Rates are the mean over this many whole seconds. */
const RATE_SECONDS = 3;

export function createStatsRecorder(options: StatsRecorderOptions): StatsRecorder {
  const { latency, nowMs = Date.now, clientLimit = 50_000 } = options;
  const { monotonicMs = () => performance.now(), isCounted = isClientTraffic } = options;
  const buckets = createTimeBuckets<Record<Series, number>>(HISTORY_BUCKETS, () => ({
    new: 0,
    hit: 0,
    moved: 0,
    invalid: 0,
    refused: 0,
  }));
  const seconds = createTimeBuckets(RATE_SECONDS + 1, () => ({ requests: 0, visits: 0 }));
  const clients = createSeenClients({ limit: clientLimit, monotonicMs });
  const traffic = createTrafficRecorder(nowMs);
  const lastVisits: CountedVisit[] = [];
  let requests = 0;
  let errors = 0;
  let visits = 0;

  function keepLastVisits(): void {
    lastVisits.length = Math.min(lastVisits.length, LAST_VISITS);
  }

  return {
    observe({ route, status, affinity, durationMs, client, visit }) {
      if (!isCounted(route)) return;
      const bucket = buckets.at(Math.floor(nowMs() / HISTORY_BUCKET_MS));
      const second = seconds.at(Math.floor(monotonicMs() / 1000));
      requests++;
      second.requests++;
      latency.record(durationMs);
      clients.see(client);
      traffic.add(route, status);
      if (status >= 500) {
        errors++;
        bucket.refused++;
      } else if (affinity !== undefined && affinity !== 'takeover') bucket[affinity]++;
      if (!visit || affinity === undefined) return;
      visits++;
      second.visits++;
      lastVisits.unshift({ ...visit, affinity });
      keepLastVisits();
    },

    resume({ history, lastVisits: earlierVisits, traffic: earlierTraffic }) {
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
      if (earlierTraffic) traffic.resume(earlierTraffic);
    },

    figures() {
      const lastBucket = Math.floor(nowMs() / HISTORY_BUCKET_MS);
      const history = buckets.upTo(lastBucket, HISTORY_BUCKETS);
      // Without the current second, which is not over yet.
      const wholeSeconds = seconds.upTo(Math.floor(monotonicMs() / 1000) - 1, RATE_SECONDS);
      const rate = (of: 'requests' | 'visits') =>
        wholeSeconds.reduce((sum, second) => sum + second[of], 0) / RATE_SECONDS;
      return {
        requests,
        errors,
        visits,
        requestsPerSecond: rate('requests'),
        visitsPerSecond: rate('visits'),
        mooredClients: clients.count(),
        latencyMs: latency.percentilesMs(),
        history: {
          lastBucket,
          verdicts: Object.fromEntries(
            VISIT_VERDICTS.map((verdict) => [verdict, history.map((bucket) => bucket[verdict])]),
          ) as ReplicaHistory['verdicts'],
          refused: history.map(({ refused }) => refused),
        },
        traffic: traffic.report(),
        lastVisits: [...lastVisits],
      };
    },
  };
}
