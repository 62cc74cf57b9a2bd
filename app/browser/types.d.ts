// Imports types only, so that browsers do not load these modules. Also declares the globals of the programs that the page
// loads before its module.
import type { Idiomorph as IdiomorphProgram } from 'idiomorph';
import type UPlot from 'uplot';

declare global {
  const Idiomorph: typeof IdiomorphProgram;
  const uPlot: typeof UPlot;

  /** A visit in the list of the client's last visits. */
  interface LoggedVisit {
    number: number;
    timeMs: number;
    affinity: string;
    address: string;
    sid: string;
  }

  /** The JSON response of `GET /`. */
  interface VisitAnswer {
    visit: number;
    server: { address: string; sid: string };
    affinity: string;
    requestId: string;
    /** Missing when the client keeps no cookies. */
    session?: { note: string; list: LoggedVisit[] };
  }

  /** A replica's state as the page announces it. */
  interface ReplicaStatus {
    address: string;
    state: 'ready' | 'draining' | 'gone' | 'unknown';
    isLost: boolean;
  }

  /** Requests by verdict in time buckets; the first bucket starts at `startMs`. */
  interface RequestHistory {
    startMs: number;
    bucketMs: number;
    verdicts: Record<string, number[]>;
    /** Requests answered with a server error. */
    refused: number[];
  }

  /** The data of a `snapshot` event. */
  interface SnapshotEvent {
    html: string;
    history: RequestHistory;
    replicas: ReplicaStatus[];
  }

  interface StreamListener {
    onSnapshot(event: SnapshotEvent): void;
    /** The database is unavailable. `html` is the page content to show meanwhile; it is missing before the first snapshot. */
    onUnavailable(event: { message: string; html?: string }): void;
    /** The connection is interrupted. */
    onWaiting(): void;
    /** The connection has been interrupted for so long that it is announced. */
    onLost(): void;
    /** The connection is back after `onLost`. */
    onBack(): void;
  }
}
