import type { AffinityVerdict } from '../affinity/verdict.ts';

/** What a visit of this replica can have for a verdict: `takeover` is the edge's. */
export type VisitVerdict = Exclude<AffinityVerdict, 'takeover'>;
export const VISIT_VERDICTS = ['new', 'hit', 'moved', 'invalid'] as const satisfies readonly VisitVerdict[];

/** A visit as the dashboard lists it: nothing of the client. */
export interface CountedVisit {
  number: number;
  /** When the replica took it in, UTC, in milliseconds since the epoch. */
  timeMs: number;
  affinity: AffinityVerdict;
  requestId: string;
}

/** Visits in buckets of `HISTORY_BUCKET_MS`, the last of which is `lastBucket`, the newest at the end. */
export interface ReplicaHistory {
  lastBucket: number;
  /** Counted visits by verdict. */
  verdicts: Record<VisitVerdict, number[]>;
  /** Visits answered with a server error. */
  refused: number[];
}

/** What is counted in a bucket of the history. */
export type Series = VisitVerdict | 'refused';
export const SERIES: readonly Series[] = [...VISIT_VERDICTS, 'refused'];

/** @returns the counts of one series; none when a replica of an earlier version did not report it */
export function seriesOf(history: ReplicaHistory, name: Series): readonly number[] {
  return (name === 'refused' ? history.refused : history.verdicts[name]) ?? [];
}

/**
 * A time that is over in which a replica did not serve: it was `lost` (killed, hung or cut off without a last report), or it
 * could not reach the `database`. In milliseconds since the epoch.
 */
export interface Interruption {
  kind: 'lost' | 'database';
  fromMs: number;
  untilMs: number;
}

/** What a replica counted since it started, and lately. Its size does not depend on how long it has been running. */
export interface ReplicaStats {
  /** Visits counted since the start. */
  visits: number;
  /** Visits refused since the start. */
  errors: number;
  /** Over the last seconds. */
  visitsPerSecond: number;
  /** Clients that visited within the affinity cookie's idle timeout. */
  mooredClients: number;
  /** Of the last minute's visits, in milliseconds; null when there were none. */
  latencyMs: { p50: number; p95: number; p99: number } | null;
  history: ReplicaHistory;
  /** When the replica was away, or the database was away from it, lately; the newest at the beginning. */
  interruptions: Interruption[];
  /** The newest at the beginning. */
  lastVisits: CountedVisit[];
}

/** Width of one history bucket. A bucket's number is its start, in milliseconds since the epoch, divided by this width. */
export const HISTORY_BUCKET_MS = 5000;
/** How many buckets a history has: five minutes. */
export const HISTORY_BUCKETS = 60;

/** What a replica says of itself each second. `stopped` is its last word, after a drain. */
export interface ReplicaReport {
  sid: string;
  address: string;
  version: string;
  state: 'ready' | 'draining' | 'stopped';
  startedAtMs: number;
  figures: ReplicaStats;
}

/** A report as another replica finds it. */
export interface RegisteredReplica extends ReplicaReport {
  /** How long ago the report was made, by the database's clock, in milliseconds. */
  seenMsAgo: number;
}

/** Where replicas report themselves: one row each, in the database they share. */
export interface ReplicaRegistry {
  /**
   * Writes a replica's row, in place of its last one.
   *
   * @throws {StoreUnavailableError} when the database does not answer
   */
  report(report: ReplicaReport): Promise<void>;
  /**
   * @returns the replicas that reported lately, by address
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

/** A replica that has not reported for so long is removed: nobody asks any more what became of it. */
export const FORGOTTEN_AFTER_MS = 300_000;

/** A row of the table, in the form in which both kinds of database give it. */
interface ReplicaRow {
  sid: string;
  address: string;
  version: string;
  state: string;
  startedAt: Date;
  figures: unknown;
}

/** What a replica of an earlier version does not report. */
const NOT_REPORTED = { interruptions: [] };

/** Converts a row to the type that `list` returns. Only replicas write this table, so the content is not validated. */
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
    figures: { ...NOT_REPORTED, ...(row.figures as ReplicaStats) },
  };
}
