// What is a type alone, so that browsers need not load it; and the programs that the page loads before its module.
import type { Idiomorph as IdiomorphProgram } from 'idiomorph';
import type UPlot from 'uplot';

declare global {
  const Idiomorph: typeof IdiomorphProgram;
  const uPlot: typeof UPlot;

  /** A visit as this browser keeps it. */
  interface LoggedVisit {
    number: number;
    timeMs: number;
    affinity: string;
    address: string;
    sid: string;
  }

  /** What `GET /` answers as JSON. */
  interface VisitAnswer {
    visit: number;
    server: { address: string; sid: string };
    time: string;
    affinity: string;
    requestId: string;
  }

  /** How a replica stands. */
  interface Standing {
    address: string;
    state: 'ready' | 'draining' | 'gone' | 'unknown';
    isLost: boolean;
  }

  /** Visits by verdict in buckets, the first of which began at `startMs`. */
  interface VisitHistory {
    startMs: number;
    bucketMs: number;
    verdicts: Record<string, number[]>;
    /** Visits answered with a server error. */
    refused: number[];
  }

  /** The data of an event `snapshot`. */
  interface SnapshotEvent {
    html: string;
    history: VisitHistory;
    replicas: Standing[];
  }

  interface StreamListener {
    onSnapshot(event: SnapshotEvent): void;
    /** The database is away; `html` is the page's content as it is to be then, where there was one before. */
    onUnavailable(event: { message: string; html?: string }): void;
    /** There is no connection at this moment, */
    onWaiting(): void;
    /** and it has not come back soon. */
    onLost(): void;
    /** Now it has. */
    onBack(): void;
  }
}
