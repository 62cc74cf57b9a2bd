import type { SessionLedger } from '../testkit/app/ledger-route.ts';
import type { FaultRecord } from './fault.ts';
import type { Drain, Outage } from './outages.ts';

/** A client's request and its outcome. Times are milliseconds since the start of the run, by a monotonic clock. */
export interface Operation {
  id: number;
  client: number;
  /** Name of the front: the kind of balancer, or the machine of one of several. */
  front: string;
  /**
   * `release` is a `POST /let-go`, which counts nothing. `append` (POST) and `put` (PUT) append an entry to the list in the client's
   * session, `probe` reads with the cookie of a session that the client has ended.
   */
  asked: 'visit' | 'count' | 'release' | 'read' | 'probe' | 'append' | 'put' | 'regenerate' | 'destroy';
  /** Server id in the client's cookie, undefined without a cookie. */
  cookie?: string | undefined;
  sentAtMs: number;
  /** When the whole response was read, or the request had failed. */
  endedAtMs: number;
  /** `aborted` by the client itself; `failed` and `late` for other reasons. */
  outcome: 'answered' | 'aborted' | 'failed' | 'late';
  /** The connection's error. */
  error?: string | undefined;
  status?: number | undefined;
  number?: number | undefined;
  /** The number of visits, in a response to `count`. */
  count?: number | undefined;
  /** The start of the session id in the client's cookie, undefined without a cookie. */
  session?: string | undefined;
  /** The start of the session id in the response's cookie; empty when that one deletes the cookie. */
  newSession?: string | undefined;
  /** The entry to append. */
  entry?: string | undefined;
  /** The list in the session, in a response of 200; undefined without a session. */
  ledger?: SessionLedger | undefined;
  /** Where the session was read. */
  readFrom?: 'memory' | 'database' | undefined;
  requestId?: string | undefined;
  /** Server id in the response's last affinity cookie; empty when that one deletes the cookie. */
  mooredTo?: string | undefined;
  /** Address of the replica that answered. */
  servedBy?: string | undefined;
  verdict?: string | undefined;
  retryAfter?: string | undefined;
}

export interface LedgerRow {
  number: number;
  requestId: string;
}

/** The database's content at the end, read directly and not through the app. */
export interface Ledger {
  counter: number;
  rows: LedgerRow[];
}

/** A POST, as logged by the replica that received it. */
export interface Delivery {
  requestId: string;
  /** Name of the replica or of its log file. */
  by: string;
}

/**
 * A replica, or the edge, that was silently cut off from the database while it held the counter's lock or waited for
 * it.
 */
export interface RetryCut {
  name: string;
  atMs: number;
  untilMs: number;
}

/** A container that `docker compose up` created or removed although nothing had changed. */
export interface ContainerChange {
  atMs: number;
  what: string;
}

/** Something that a fault took away. */
export interface Recovery {
  what: string;
  /** When the fault, or its end, allowed it to come back. */
  atMs: number;
  /** When it was back; undefined if that was not awaited any longer. */
  untilMs: number | undefined;
  /** The longest time that the stack's description allows. */
  withinMs: number;
}

/** A period in which the clocks of replicas and edge were wrong. */
export interface ClockStep {
  /** How far the clocks were ahead. */
  stepMs: number;
  fromMs: number;
  untilMs: number;
}

/** A replica that existed at some time of the run. */
export interface ReplicaName {
  sid: string;
  address: string;
}

/** The unexpected end of a process. */
export interface Death {
  name: string;
  atMs: number;
  how: string;
}

/** Everything recorded of a run; the checkers' input. */
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
  recoveries: Recovery[];
  replicas: ReplicaName[];
  ledger: Ledger;
}

/** A broken promise. */
export interface Violation {
  /** Name of the checker. */
  check: string;
  message: string;
  /** The operations that show it. */
  operations: Operation[];
}

/** Examines a run and reports what is wrong with it. */
export interface Checker {
  name: string;
  /** What holds when there is no violation. */
  promise: string;
  find(evidence: Evidence): Violation[];
}
