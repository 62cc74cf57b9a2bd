import { HISTORY_BUCKETS, type ReplicaFigures, type ReplicaReport } from '../../origin/replica-table.ts';

const NOTHING = Array<number>(HISTORY_BUCKETS).fill(0);

/** What a replica counted, with plausible values for what a test does not care about. */
export function figures(fields: Partial<ReplicaFigures> = {}): ReplicaFigures {
  return {
    visits: 0,
    errors: 0,
    visitsPerSecond: 0,
    mooredClients: 0,
    latencyMs: null,
    history: { lastBucket: 0, verdicts: { new: NOTHING, hit: NOTHING, moved: NOTHING, invalid: NOTHING } },
    lastVisits: [],
    ...fields,
  };
}

/** A replica's report, with plausible values for what a test does not care about. */
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
