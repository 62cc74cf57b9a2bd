import type { FaultRecord } from './fault.ts';
import type { Drain, Outage } from './outages.ts';

/** What a client asked and what came of it. Times are milliseconds since the begin of the run, by a clock that never goes back. */
export interface Operation {
  id: number;
  client: number;
  front: string;
  /** `letGo` is a `POST /let-go`, which counts nothing. */
  asked: 'visit' | 'count' | 'letGo';
  /** What the client's cookie named, undefined when it had none. */
  cookie?: string | undefined;
  sentAtMs: number;
  /** When the answer was read to its end, or there was to be none any more. */
  endedAtMs: number;
  /** `aborted` by the client itself; `failed` and `late` without its doing. */
  outcome: 'answered' | 'aborted' | 'failed' | 'late';
  /** What the connection failed with. */
  error?: string | undefined;
  status?: number | undefined;
  /** The visit's number. */
  number?: number | undefined;
  /** How many visits there were, for whoever asked for the count. */
  count?: number | undefined;
  requestId?: string | undefined;
  /** The server id in the last affinity cookie of the answer; empty when that one ends the client's cookie. */
  mooredTo?: string | undefined;
  /** The address of the replica that answered. */
  servedBy?: string | undefined;
  verdict?: string | undefined;
  retryAfter?: string | undefined;
}

/** A row of `access_log`. */
export interface LedgerRow {
  number: number;
  requestId: string;
}

/** What the database holds at the end, read past the app. */
export interface Ledger {
  counter: number;
  rows: LedgerRow[];
}

/** A POST, as the replica that received it logged it. */
export interface Delivery {
  requestId: string;
  /** The replica's name, or its log file's. */
  by: string;
}

/** A replica, or the edge, that lost its way to the database silently while it had the counter's lock or waited for it. */
export interface RetryCut {
  name: string;
  atMs: number;
  untilMs: number;
}

/** A container that `docker compose up` made or removed though nothing had changed. */
export interface ContainerChange {
  atMs: number;
  what: string;
}

/** A time in which the clocks of replicas and edge were wrong. */
export interface ClockStep {
  /** How far they were ahead. */
  stepMs: number;
  fromMs: number;
  untilMs: number;
}

/** A replica that was there at some time of the run. */
export interface ReplicaName {
  sid: string;
  address: string;
}

/** The end of a process that nobody had asked for. */
export interface Death {
  name: string;
  atMs: number;
  how: string;
}

/** All that is known of a run: what the checks judge by. */
export interface Evidence {
  operations: Operation[];
  faults: FaultRecord[];
  outages: Outage[];
  drains: Drain[];
  deaths: Death[];
  deliveries: Delivery[];
  clockSteps: ClockStep[];
  retryCuts: RetryCut[];
  changes: ContainerChange[];
  replicas: ReplicaName[];
  ledger: Ledger;
}

/** A promise that was not kept. */
export interface Violation {
  /** Which check says so. */
  check: string;
  message: string;
  /** The operations that show it. */
  operations: Operation[];
}

/** A check: it looks at a run and tells what is wrong with it. */
export interface Checker {
  name: string;
  /** What holds when there is no violation. */
  promise: string;
  find(evidence: Evidence): Violation[];
}
