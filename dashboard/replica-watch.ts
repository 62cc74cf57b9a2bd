import { FORGOTTEN_AFTER_MS, type RegisteredReplica } from '../app/replicas/registry.ts';
import { createStatsRecorder, type RecentLatency, type RecordedStats } from '../app/replicas/stats.ts';
import { countRequest } from './count-request.ts';
import type { LogEntry } from './log-entry.ts';
import { createWatchedReplica, type WatchedReplica } from './watched-replica.ts';

export interface ReplicaWatchOptions {
  createLatency: () => RecentLatency;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** The replicas, from what the balancers log and from the addresses that the replicas' name leads to. */
export interface ReplicaWatch {
  observe(entry: LogEntry): void;
  /** Takes the addresses that the name of the replicas leads to now; undefined when it could not be looked up. */
  listed(addresses: readonly string[] | undefined): void;
  replicas(): RegisteredReplica[];
  /** Requests that no replica answered. */
  unanswered(): RecordedStats;
}

/** Maximum number of replicas known, which bounds the memory. The stack runs fifty at most, and twice as many in an update. */
const REPLICA_LIMIT = 100;

export function createReplicaWatch(options: ReplicaWatchOptions): ReplicaWatch {
  const { createLatency, nowMs = Date.now, monotonicMs = () => performance.now() } = options;
  const clocks = { nowMs, monotonicMs };
  const known = new Map<string, WatchedReplica>();
  const unanswered = createStatsRecorder({ latency: createLatency(), ...clocks, isCounted: () => true });
  let lastListed: readonly string[] = [];

  /** Returns undefined when there are too many. */
  function replicaAt(address: string): WatchedReplica | undefined {
    const found = known.get(address);
    if (found || known.size >= REPLICA_LIMIT) return found;
    const replica = createWatchedReplica({ address, latency: createLatency(), ...clocks });
    known.set(address, replica);
    return replica;
  }

  function forget(): void {
    for (const [address, replica] of known) if (replica.unlistedMs() > FORGOTTEN_AFTER_MS) known.delete(address);
  }

  return {
    observe({ request, failedTries }) {
      for (const failedTry of failedTries) replicaAt(failedTry.address)?.failed(failedTry);
      if (!request) return;
      const replica = request.answeredBy === undefined ? undefined : replicaAt(request.answeredBy);
      if (replica) replica.answered(request);
      else countRequest(unanswered, request);
    },

    listed(addresses = lastListed) {
      lastListed = addresses;
      forget();
      for (const address of addresses) replicaAt(address)?.listed();
    },

    replicas: () => [...known.values()].map((replica) => replica.report()),
    unanswered: unanswered.figures,
  };
}
