import { serverId } from '../app/affinity/server-id.ts';
import { createInterruptions } from '../app/replicas/interruptions.ts';
import type { RegisteredReplica } from '../app/replicas/registry.ts';
import { GONE_AFTER_MS } from '../app/replicas/snapshot.ts';
import { createStatsRecorder, type RecentLatency } from '../app/replicas/stats.ts';
import { countRequest } from './count-request.ts';
import type { FailedTry, LoggedRequest } from './log-entry.ts';

export interface WatchedReplicaOptions {
  address: string;
  latency: RecentLatency;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs: () => number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
}

/** A replica as the balancers see it. */
export interface WatchedReplica {
  /** Notes that the name of the replicas leads to this one. */
  listed(): void;
  answered(request: LoggedRequest): void;
  failed(failedTry: FailedTry): void;
  /** How long ago it was listed, in milliseconds. */
  unlistedMs(): number;
  report(): RegisteredReplica;
}

/** A replica that is listed counts as lost after two tries in a row without an answer: one may be due to its request. */
const FAILED_TRIES = 2;

/** Maximum number of clients that are counted on one replica: the tables of many replicas must fit into the memory. */
const CLIENT_LIMIT = 20_000;

/** Without further failed tries, a replica that is listed counts as ready again after this time. */
const FAILURES_HOLD_MS = 30_000;

/** Creates a replica that is known from now on. */
export function createWatchedReplica(options: WatchedReplicaOptions): WatchedReplica {
  const { address, latency, nowMs, monotonicMs } = options;
  const sid = serverId(address);
  const stats = createStatsRecorder({ latency, nowMs, monotonicMs, isCounted: () => true, clientLimit: CLIENT_LIMIT });
  const interruptions = createInterruptions(nowMs);
  let startedAtMs = nowMs();
  let listedAtMs = monotonicMs();
  /** The tries without an answer since the last answer. */
  let failures: { count: number; sinceMs: number; lastMs: number } | undefined;
  /** Tries that a balancer repeated elsewhere: they count here, but the client's request counts only once. */
  let failedTries = 0;

  const unlistedMs = () => monotonicMs() - listedAtMs;
  const isUnlisted = () => unlistedMs() > GONE_AFTER_MS;

  function isLost(): boolean {
    if (!failures || failures.count < FAILED_TRIES) return false;
    // One that stops in order refuses connections just before it leaves the list.
    const untilMs = isUnlisted() ? listedAtMs : monotonicMs();
    return untilMs - failures.sinceMs > GONE_AFTER_MS;
  }

  function recovered(atMs: number): void {
    if (failures && isLost()) {
      const toWallClock = (ms: number) => nowMs() - (monotonicMs() - ms);
      interruptions.add({ kind: 'lost', fromMs: toWallClock(failures.sinceMs), untilMs: toWallClock(atMs) });
    }
    failures = undefined;
  }

  function forgetOldFailures(): void {
    if (failures && !isUnlisted() && monotonicMs() - failures.lastMs > FAILURES_HOLD_MS) recovered(failures.lastMs);
  }

  return {
    unlistedMs,
    listed() {
      if (isUnlisted()) {
        // It has started again.
        recovered(monotonicMs());
        startedAtMs = nowMs();
      }
      listedAtMs = monotonicMs();
    },
    answered(request) {
      recovered(monotonicMs());
      countRequest(stats, request);
    },
    failed({ wasAnswered, count }) {
      failedTries += count;
      forgetOldFailures();
      const atMs = monotonicMs();
      if (wasAnswered) recovered(atMs);
      else failures = { sinceMs: failures?.sinceMs ?? atMs, lastMs: atMs, count: (failures?.count ?? 0) + 1 };
    },
    report() {
      forgetOldFailures();
      const figures = stats.figures();
      const lost = isLost();
      return {
        sid,
        address,
        version: '',
        state: isUnlisted() && !lost ? 'stopped' : 'ready',
        startedAtMs,
        seenMsAgo: lost && failures ? monotonicMs() - failures.sinceMs : isUnlisted() ? unlistedMs() : 0,
        figures: {
          ...figures,
          requests: figures.requests + failedTries,
          errors: figures.errors + failedTries,
          interruptions: interruptions.list(),
        },
      };
    },
  };
}
