import {
  HISTORY_BUCKETS,
  type ReplicaHistory,
  type ReplicaReport,
  type ReplicaStats,
  type Series,
} from '../../app/replicas/registry.ts';

const NOTHING = Array<number>(HISTORY_BUCKETS).fill(0);

/** Returns a history up to `lastBucket` with the given newest counts; everything else is zero. */
export function history(lastBucket: number, newest: Partial<Record<Series, number[]>> = {}): ReplicaHistory {
  const counts = (name: Series) => [...NOTHING, ...(newest[name] ?? [])].slice(-HISTORY_BUCKETS);
  const verdicts = { new: counts('new'), hit: counts('hit'), moved: counts('moved'), invalid: counts('invalid') };
  return { lastBucket, verdicts, refused: counts('refused') };
}

/** Returns a replica's stats, with plausible values for the fields not given. */
export function figures(fields: Partial<ReplicaStats> = {}): ReplicaStats {
  return {
    requests: 0,
    errors: 0,
    visits: 0,
    requestsPerSecond: 0,
    visitsPerSecond: 0,
    mooredClients: 0,
    latencyMs: null,
    history: history(0),
    interruptions: [],
    lastVisits: [],
    ...fields,
  };
}

/** Returns a replica's report, with plausible values for the fields not given. */
export function report(sid: string, fields: Partial<ReplicaReport> = {}): ReplicaReport {
  return {
    sid,
    address: `${sid}:5000`,
    version: '1.2.3',
    state: 'ready',
    startedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    figures: figures(),
    ...fields,
  };
}
