import { type Incident, incidentsOf } from './incidents.ts';
import {
  type CountedVisit,
  HISTORY_BUCKET_MS,
  HISTORY_BUCKETS,
  type RegisteredReplica,
  type ReplicaRegistry,
  type ReplicaReport,
  type ReplicaStats,
  type Series,
  seriesOf,
  VISIT_VERDICTS,
  type VisitVerdict,
} from './registry.ts';

/**
 * What a replica looks like from outside: `gone` is one that stopped, or that has not reported for `GONE_AFTER_MS`; `unknown`
 * is every replica while the database, where they report, is away.
 */
export type ReplicaState = 'ready' | 'draining' | 'gone' | 'unknown';

/** One replica as the dashboard shows it. */
export interface ReplicaView extends Omit<ReplicaReport, 'state' | 'figures'> {
  state: ReplicaState;
  /** Whether a gone one stopped without a word, as one that is killed does. */
  isLost: boolean;
  seenMsAgo: number;
  figures: Omit<ReplicaStats, 'history' | 'lastVisits' | 'interruptions'>;
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
  /** Those with a problem first, then by address. */
  replicas: ReplicaView[];
  /**
   * Visits of all replicas by verdict, and those answered with a server error, in buckets of `bucketMs`, the first of which
   * began at `startMs`.
   */
  history: { startMs: number; bucketMs: number; verdicts: Record<VisitVerdict, number[]>; refused: number[] };
  /** What went wrong within the time of the history, the latest first. */
  incidents: Incident[];
  /** The newest at the beginning; every replica that counted one lately is among them. */
  lastVisits: PlacedVisit[];
}

/** A replica reports each second; within three it is known that one is gone. */
export const GONE_AFTER_MS = 2000;

const LAST_VISITS = 12;

/** Puts 10.0.0.9 before 10.0.0.10. */
const numerically = new Intl.Collator('en', { numeric: true });

export interface SnapshotReaderOptions {
  count: () => Promise<number>;
  replicas: Pick<ReplicaRegistry, 'list'>;
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
export function takeSnapshot(count: number, seen: readonly RegisteredReplica[], timeMs: number): Snapshot {
  const replicas = seen
    .map(viewReplica)
    .sort((a, b) => urgency(a) - urgency(b) || numerically.compare(a.address, b.address));
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
      refused: addUp(seen, 'refused', lastBucket),
    },
    incidents: incidentsOf(seen, isLost, timeMs),
    lastVisits: lastVisitsOf(seen),
  };
}

/** The order in which replicas are listed: first what needs a look. */
function urgency({ state, isLost }: ReplicaView): number {
  if (isLost) return 0;
  return state === 'draining' ? 1 : state === 'gone' ? 3 : 2;
}

/**
 * Replicas report at different moments of a second, and under load the one that reported last has all the highest numbers: each
 * gets an equal share of the list first.
 */
function lastVisitsOf(seen: readonly RegisteredReplica[]): PlacedVisit[] {
  const newestFirst = (a: PlacedVisit, b: PlacedVisit) => b.number - a.number;
  const lists = seen
    .filter(({ figures }) => figures.lastVisits.length > 0)
    .map(({ address, figures }) => figures.lastVisits.map((visit) => ({ ...visit, address })).sort(newestFirst));
  const share = Math.max(1, Math.floor(LAST_VISITS / lists.length));
  const shared = lists.flatMap((visits) => visits.slice(0, share)).sort(newestFirst);
  const rest = lists.flatMap((visits) => visits.slice(share)).sort(newestFirst);
  return [...shared, ...rest].slice(0, LAST_VISITS).sort(newestFirst);
}

/** What a replica's report says to who finds it now. */
export function viewReplica(seen: RegisteredReplica): ReplicaView {
  const { state, figures, ...rest } = seen;
  const { history: _history, lastVisits: _lastVisits, interruptions: _interruptions, ...now } = figures;
  const lost = isLost(seen);
  return { ...rest, state: lost || state === 'stopped' ? 'gone' : state, isLost: lost, figures: now };
}

/** Whether a replica disappeared without a last report. */
function isLost({ state, seenMsAgo }: RegisteredReplica): boolean {
  return state !== 'stopped' && seenMsAgo > GONE_AFTER_MS;
}

/** Adds up what happened in each of the buckets up to `lastBucket`; a replica's history may end a little earlier or later. */
function addUp(seen: readonly RegisteredReplica[], series: Series, lastBucket: number): number[] {
  const sums = Array<number>(HISTORY_BUCKETS).fill(0);
  for (const { figures } of seen) {
    const { lastBucket: last } = figures.history;
    const counts = seriesOf(figures.history, series);
    for (const [index, count] of counts.entries()) {
      const slot = HISTORY_BUCKETS - 1 - (lastBucket - (last - counts.length + 1 + index));
      if (slot >= 0 && slot < HISTORY_BUCKETS) sums[slot] = (sums[slot] as number) + count;
    }
  }
  return sums;
}
