import {
  type CountedVisit,
  HISTORY_BUCKET_MS,
  HISTORY_BUCKETS,
  type ReplicaFigures,
  type ReplicaReport,
  type ReplicaTable,
  type SeenReplica,
  VISIT_VERDICTS,
  type VisitVerdict,
} from '../replica-table.ts';

/** What a replica looks like from outside: `gone` is one that stopped, or that has not been heard of for `GONE_AFTER_MS`. */
export type ReplicaState = 'ready' | 'draining' | 'gone';

/** One replica as the dashboard shows it. */
export interface ReplicaView extends Omit<ReplicaReport, 'state' | 'figures'> {
  state: ReplicaState;
  /** Whether a gone one stopped without a word, as one that is killed does. */
  isLost: boolean;
  seenMsAgo: number;
  figures: Omit<ReplicaFigures, 'history' | 'lastVisits'>;
}

/** A visit and the replica that counted it. */
export interface PlacedVisit extends CountedVisit {
  address: string;
}

/** The whole cluster at one moment, as plain data: what `GET /dashboard` answers as JSON. */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  timeMs: number;
  /** Visits ever counted. */
  count: number;
  /** Of the replicas that are not gone. */
  visitsPerSecond: number;
  mooredClients: number;
  /** By address. */
  replicas: ReplicaView[];
  /** Visits of all replicas by verdict, in buckets of `bucketMs`, the first of which began at `startMs`. */
  history: { startMs: number; bucketMs: number; verdicts: Record<VisitVerdict, number[]> };
  /** The newest at the beginning. */
  lastVisits: PlacedVisit[];
}

/** A replica reports each second; of one that is gone it is known within three. */
export const GONE_AFTER_MS = 2000;

const LAST_VISITS = 12;

/** Puts 10.0.0.9 before 10.0.0.10. */
const numerically = new Intl.Collator('en', { numeric: true });

export interface SnapshotReaderOptions {
  count: () => Promise<number>;
  replicas: Pick<ReplicaTable, 'list'>;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
}

/** Builds the way to see the whole cluster: the counter and one row a replica, and nothing that grows with the visits. */
export function createSnapshotReader(options: SnapshotReaderOptions): () => Promise<Snapshot> {
  const { count, replicas, nowMs = Date.now } = options;
  return async () => {
    const [counted, seen] = await Promise.all([count(), replicas.list()]);
    return takeSnapshot(counted, seen, nowMs());
  };
}

/** Puts the replicas' reports together. */
export function takeSnapshot(count: number, seen: readonly SeenReplica[], timeMs: number): Snapshot {
  const replicas = seen.map(viewReplica).sort((a, b) => numerically.compare(a.address, b.address));
  const present = replicas.filter(({ state }) => state !== 'gone');
  const total = (of: (figures: ReplicaView['figures']) => number) =>
    present.reduce((sum, { figures }) => sum + of(figures), 0);
  const lastBucket = Math.floor(timeMs / HISTORY_BUCKET_MS);
  return {
    timeMs,
    count,
    visitsPerSecond: total(({ visitsPerSecond }) => visitsPerSecond),
    mooredClients: total(({ mooredClients }) => mooredClients),
    replicas,
    history: {
      startMs: (lastBucket - HISTORY_BUCKETS + 1) * HISTORY_BUCKET_MS,
      bucketMs: HISTORY_BUCKET_MS,
      verdicts: Object.fromEntries(
        VISIT_VERDICTS.map((verdict) => [verdict, addUp(seen, verdict, lastBucket)]),
      ) as Snapshot['history']['verdicts'],
    },
    lastVisits: seen
      .flatMap(({ address, figures }) => figures.lastVisits.map((visit) => ({ ...visit, address })))
      .sort((a, b) => b.number - a.number)
      .slice(0, LAST_VISITS),
  };
}

/** What a replica's report says to who finds it now. */
export function viewReplica(seen: SeenReplica): ReplicaView {
  const { state, figures, ...rest } = seen;
  const { history: _history, lastVisits: _lastVisits, ...now } = figures;
  const isLost = state !== 'stopped' && seen.seenMsAgo > GONE_AFTER_MS;
  return { ...rest, state: isLost || state === 'stopped' ? 'gone' : state, isLost, figures: now };
}

/** Adds up what happened in each of the buckets up to `lastBucket`; a replica's history may end a little earlier or later. */
function addUp(seen: readonly SeenReplica[], verdict: VisitVerdict, lastBucket: number): number[] {
  const sums = Array<number>(HISTORY_BUCKETS).fill(0);
  for (const { figures } of seen) {
    const { lastBucket: last, verdicts } = figures.history;
    const counts = verdicts[verdict];
    for (const [index, count] of counts.entries()) {
      const slot = HISTORY_BUCKETS - 1 - (lastBucket - (last - counts.length + 1 + index));
      if (slot >= 0 && slot < HISTORY_BUCKETS) sums[slot] = (sums[slot] as number) + count;
    }
  }
  return sums;
}
