import type { EdgeView } from './edge-report.ts';
import { type Incident, incidentsOf } from './incidents.ts';
import {
  type CountedVisit,
  HISTORY_BUCKET_MS,
  HISTORY_BUCKETS,
  type RegisteredReplica,
  type ReplicaRegistry,
  type ReplicaReport,
  type ReplicaStats,
  SESSION_COUNTERS,
  type Series,
  type SessionCounter,
  type SessionFigures,
  seriesOf,
  VISIT_VERDICTS,
  type VisitVerdict,
} from './registry.ts';
import type { RecordedStats } from './stats.ts';
import { type RouteTraffic, sumTraffic } from './traffic.ts';

/**
 * A replica's state as others see it. `gone`: it stopped, or has not reported for `GONE_AFTER_MS`. `unknown`: the database,
 * which holds the reports, is unavailable; then every replica that is not gone is `unknown`.
 */
export type ReplicaState = 'ready' | 'draining' | 'gone' | 'unknown';

export interface ReplicaView extends Omit<ReplicaReport, 'state' | 'figures'> {
  state: ReplicaState;
  /** Whether a gone replica stopped without a last report, for example because it was killed. */
  isLost: boolean;
  seenMsAgo: number;
  figures: Omit<ReplicaStats, 'history' | 'lastVisits' | 'interruptions' | 'traffic' | 'sessions'> & {
    /** Missing from a replica of an earlier version. */
    sessions?: SessionSums;
  };
}

/** The sessions in memory now, and what happened to sessions in the last five minutes. */
export type SessionSums = Pick<SessionFigures, 'copies' | 'bytes'> & Record<SessionCounter, number>;

/** A visit with the address of the replica that counted it. */
export interface PlacedVisit extends CountedVisit {
  address: string;
}

/** The whole cluster at one moment, as plain data; `GET /dashboard` returns it as JSON. */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  timeMs: number;
  /** Set when the data are from the logs of the balancers. Otherwise the replicas reported them. */
  source?: 'balancers';
  /** All visits ever counted; missing when the app counts none. */
  count?: number;
  /** Sums over the replicas that are not gone. */
  requestsPerSecond: number;
  visitsPerSecond: number;
  mooredClients: number;
  sessions: SessionSums;
  /** Lost ones first, then draining, ready and stopped ones, each by address. */
  replicas: ReplicaView[];
  /** Requests to all replicas by route, the busiest first, within the time of the history. */
  traffic: RouteTraffic[];
  /**
   * Requests to all replicas by verdict, and those answered with a server error, in buckets of `bucketMs`; the first bucket starts at
   * `startMs`.
   */
  history: { startMs: number; bucketMs: number; verdicts: Record<VisitVerdict, number[]>; refused: number[] };
  /** Incidents within the time of the history, the latest first. */
  incidents: Incident[];
  /** What the edge has counted, where it is known and answers. */
  edge?: EdgeView;
  /** Newest first; includes visits of every replica that counted one recently. */
  lastVisits: PlacedVisit[];
}

/** Replicas report every second, so a replica that is gone is recognised within three seconds. */
export const GONE_AFTER_MS = 2000;

const LAST_VISITS = 12;

/** Sorts 10.0.0.9 before 10.0.0.10. */
const numerically = new Intl.Collator('en', { numeric: true });

export interface SnapshotReaderOptions {
  /** Reads the number of all visits; undefined when the app counts none. */
  count: (() => Promise<number>) | undefined;
  replicas: Pick<ReplicaRegistry, 'list'>;
  /** Reads what the edge has counted; undefined while it does not answer. */
  readEdge?: (() => Promise<EdgeView | undefined>) | undefined;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
}

/**
 * Returns a function that reads the whole cluster: the counter and one row per replica. The cost does not grow with the
 * number of visits.
 */
export function createSnapshotReader(options: SnapshotReaderOptions): () => Promise<Snapshot> {
  const { count, replicas, readEdge, nowMs = Date.now } = options;
  return async () => {
    const [counted, seen, edge] = await Promise.all([count?.(), replicas.list(), readEdge?.()]);
    return { ...takeSnapshot(counted, seen, nowMs()), ...(edge && { edge }) };
  };
}

/**
 * Returns the snapshot of these replicas.
 *
 * @param unanswered requests that no replica answered, where the data are from the logs of the balancers
 */
export function takeSnapshot(
  count: number | undefined,
  seen: readonly RegisteredReplica[],
  timeMs: number,
  unanswered?: RecordedStats,
): Snapshot {
  const replicas = seen
    .map(viewReplica)
    .sort((a, b) => urgency(a) - urgency(b) || numerically.compare(a.address, b.address));
  const present = replicas.filter(({ state }) => state !== 'gone');
  const total = (of: (figures: ReplicaView['figures']) => number) =>
    present.reduce((sum, { figures }) => sum + of(figures), 0);
  const lastBucket = Math.floor(timeMs / HISTORY_BUCKET_MS);
  const all = [...seen.map(({ figures }) => figures), ...(unanswered ? [unanswered] : [])];
  return {
    timeMs,
    ...(unanswered && { source: 'balancers' }),
    ...(count !== undefined && { count }),
    requestsPerSecond: total(({ requestsPerSecond }) => requestsPerSecond) + (unanswered?.requestsPerSecond ?? 0),
    visitsPerSecond: total(({ visitsPerSecond }) => visitsPerSecond),
    mooredClients: total(({ mooredClients }) => mooredClients),
    sessions: addUpSessions(present.flatMap(({ figures }) => figures.sessions ?? [])),
    replicas,
    traffic: sumTraffic(
      all.flatMap(({ traffic }) => traffic ?? []),
      timeMs,
    ),
    history: {
      startMs: (lastBucket - HISTORY_BUCKETS + 1) * HISTORY_BUCKET_MS,
      bucketMs: HISTORY_BUCKET_MS,
      verdicts: Object.fromEntries(
        VISIT_VERDICTS.map((verdict) => [verdict, addUp(all, verdict, lastBucket)]),
      ) as Snapshot['history']['verdicts'],
      refused: addUp(all, 'refused', lastBucket),
    },
    incidents: incidentsOf(seen, isLost, timeMs),
    lastVisits: lastVisitsOf(seen),
  };
}

/** Sorting key that puts first what needs attention. */
function urgency({ state, isLost }: ReplicaView): number {
  if (isLost) return 0;
  return state === 'draining' ? 1 : state === 'gone' ? 3 : 2;
}

/**
 * Merges the replicas' last visits. Each replica gets an equal share of the list first: replicas report at different moments
 * of a second, so under load the one that reported last has all of the highest numbers.
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

/** Converts a report to what the dashboard shows. */
export function viewReplica(seen: RegisteredReplica): ReplicaView {
  const { state, figures, ...rest } = seen;
  const {
    history: _history,
    lastVisits: _lastVisits,
    interruptions: _interruptions,
    traffic: _traffic,
    ...now
  } = figures;
  const { sessions, ...others } = now;
  const lost = isLost(seen);
  const view = { ...others, ...(sessions && { sessions: sessionSums(sessions) }) };
  return { ...rest, state: lost || state === 'stopped' ? 'gone' : state, isLost: lost, figures: view };
}

function sessionSums({ copies, bytes, recent }: SessionFigures): SessionSums {
  const sum = (name: SessionCounter) => (recent.counts[name] ?? []).reduce((total, count) => total + count, 0);
  const counters = Object.fromEntries(SESSION_COUNTERS.map((name) => [name, sum(name)])) as Record<
    SessionCounter,
    number
  >;
  return { copies, bytes, ...counters };
}

function addUpSessions(all: readonly SessionSums[]): SessionSums {
  const sums: SessionSums = { copies: 0, bytes: 0, memoryReads: 0, databaseReads: 0, commits: 0, conflicts: 0 };
  for (const sessions of all)
    for (const name of Object.keys(sums) as (keyof SessionSums)[]) sums[name] += sessions[name];
  return sums;
}

/** Whether a replica is gone without a last report. */
function isLost({ state, seenMsAgo }: RegisteredReplica): boolean {
  return state !== 'stopped' && seenMsAgo > GONE_AFTER_MS;
}

/**
 * Adds up one counter over all histories, for the buckets up to `lastBucket`. A history may end in another bucket.
 */
function addUp(all: readonly Pick<ReplicaStats, 'history'>[], series: Series, lastBucket: number): number[] {
  const sums = Array<number>(HISTORY_BUCKETS).fill(0);
  for (const { history } of all) {
    const { lastBucket: last } = history;
    const counts = seriesOf(history, series);
    for (const [index, count] of counts.entries()) {
      const slot = HISTORY_BUCKETS - 1 - (lastBucket - (last - counts.length + 1 + index));
      if (slot >= 0 && slot < HISTORY_BUCKETS) sums[slot] = (sums[slot] as number) + count;
    }
  }
  return sums;
}
