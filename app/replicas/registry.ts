import type { AffinityVerdict } from '../affinity/verdict.ts';
import type { RecentCounts } from './recent-counts.ts';

/** The verdicts that a replica can give; `takeover` comes from the edge only. */
export type VisitVerdict = Exclude<AffinityVerdict, 'takeover'>;
export const VISIT_VERDICTS = ['new', 'hit', 'moved', 'invalid'] as const satisfies readonly VisitVerdict[];

/** A visit as the dashboard lists it; it contains nothing about the client. */
export interface CountedVisit {
  number: number;
  /** When the replica received it, in milliseconds since the epoch. */
  timeMs: number;
  affinity: AffinityVerdict;
  requestId: string;
}

/**
 * Counts of clients' requests in buckets of `HISTORY_BUCKET_MS`, oldest first; the last one has the number `lastBucket`. Each
 * request is in one of the lists.
 */
export interface ReplicaHistory {
  lastBucket: number;
  verdicts: Record<VisitVerdict, number[]>;
  /** Requests answered with a server error. The name is from when only visits were counted. */
  refused: number[];
}

/** The name of a counter in the history. */
export type Series = VisitVerdict | 'refused';
export const SERIES: readonly Series[] = [...VISIT_VERDICTS, 'refused'];

/** @returns one counter over time; empty when a replica of an earlier version does not report it */
export function seriesOf(history: ReplicaHistory, name: Series): readonly number[] {
  return (name === 'refused' ? history.refused : history.verdicts[name]) ?? [];
}

/**
 * A past time in which a replica did not serve: it was `lost` (killed, hung or cut off without a last report), or it could
 * not reach the `database`. In milliseconds since the epoch.
 */
export interface Interruption {
  kind: 'lost' | 'database';
  fromMs: number;
  untilMs: number;
}

/** What happens to sessions: read from memory or the database, a change committed, a change made again. */
export const SESSION_COUNTERS = ['memoryReads', 'databaseReads', 'commits', 'conflicts'] as const;
export type SessionCounter = (typeof SESSION_COUNTERS)[number];

export interface SessionFigures {
  /** Sessions in the replica's memory, and about how much memory they take. */
  copies: number;
  bytes: number;
  /** By `SessionCounter`. */
  recent: RecentCounts;
}

/**
 * What a replica counted since its start, and recently. Its size does not grow with the replica's uptime. During an update,
 * replicas of the version before read it, so a field that they read keeps its name and its type.
 */
export interface ReplicaStats {
  /** Clients' requests since the start, and how many of them were answered with a server error. */
  requests: number;
  errors: number;
  visits: number;
  /** Averages over the last seconds. */
  requestsPerSecond: number;
  visitsPerSecond: number;
  /** Clients that made a request within the affinity cookie's idle timeout. */
  mooredClients: number;
  /** Latency of the last minute's requests, in milliseconds; null when there were none. */
  latencyMs: { p50: number; p95: number; p99: number } | null;
  history: ReplicaHistory;
  /** Requests, named by status class and route: `2xx /cart`; missing from a replica of an earlier version. */
  traffic?: RecentCounts;
  /** Missing from a replica of an earlier version. */
  sessions?: SessionFigures;
  /** Recent times in which the replica was lost or could not reach the database, newest first. */
  interruptions: Interruption[];
  /** Newest first. */
  lastVisits: CountedVisit[];
}

/** Width of one history bucket. Bucket number = start time (ms since the epoch) / width. */
export const HISTORY_BUCKET_MS = 5000;
/** Number of history buckets: five minutes. */
export const HISTORY_BUCKETS = 60;

/** A replica's report on itself, written every second. `stopped` is its last report, after a drain. */
export interface ReplicaReport {
  sid: string;
  address: string;
  version: string;
  state: 'ready' | 'draining' | 'stopped';
  startedAtMs: number;
  figures: ReplicaStats;
}

/** A report as read from the database. */
export interface RegisteredReplica extends ReplicaReport {
  /** The age of the report by the database's clock, in milliseconds. */
  seenMsAgo: number;
}

/** The table where replicas report: one row per replica, in the database they share. */
export interface ReplicaRegistry {
  /**
   * Writes a replica's row, replacing its previous one.
   *
   * @throws {StoreUnavailableError} when the database does not answer
   */
  report(report: ReplicaReport): Promise<void>;
  /**
   * @returns the replicas that reported within `FORGOTTEN_AFTER_MS`, by address
   * @throws {StoreUnavailableError} when the database does not answer
   */
  list(): Promise<RegisteredReplica[]>;
  /**
   * Removes replicas that have not reported for `FORGOTTEN_AFTER_MS`.
   *
   * @throws {StoreUnavailableError} when the database does not answer
   */
  forget(): Promise<void>;
}

/** Rows older than this are deleted, because no page shows the replica any longer. */
export const FORGOTTEN_AFTER_MS = 300_000;

/** A row of the table, in the form that both kinds of database return. */
interface ReplicaRow {
  sid: string;
  address: string;
  version: string;
  state: string;
  startedAt: Date;
  figures: unknown;
}

/** Fields that replicas of an earlier version do not report. */
type Later = 'interruptions' | 'requests' | 'requestsPerSecond';

/** Adds the fields that an earlier version does not report. The requests that it counted were visits. */
function withDefaults(figures: Omit<ReplicaStats, Later> & Partial<ReplicaStats>): ReplicaStats {
  const { visits, visitsPerSecond } = figures;
  return { interruptions: [], requests: visits, requestsPerSecond: visitsPerSecond, ...figures };
}

/** Converts a row to the type `list` returns. Only replicas write this table, so the content is not validated. */
export function toRegisteredReplica(row: ReplicaRow, seenMsAgo: number): RegisteredReplica {
  const { sid, address, version, startedAt } = row;
  const state = row.state as ReplicaReport['state'];
  return {
    sid,
    address,
    version,
    state,
    startedAtMs: startedAt.getTime(),
    seenMsAgo,
    figures: withDefaults(row.figures as ReplicaStats),
  };
}
