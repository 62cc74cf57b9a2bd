import type { FaultKind, PlannedFault } from '../fault.ts';
import type { ClockStep, ContainerChange, Death, Delivery, Ledger, ReplicaName, RetryCut } from '../history.ts';
import type { Drain, OutageLog } from '../outages.ts';

/** What clients talk to. */
export interface Front {
  name: 'worker' | 'nginx';
  url: string;
}

/** Where a stack notes what it does to itself, while it does it. */
export interface RunContext {
  log: OutageLog;
  drains: Drain[];
  deaths: Death[];
  deliveries: Delivery[];
  clockSteps: ClockStep[];
  retryCuts: RetryCut[];
  changes: ContainerChange[];
  /** The clock of the run, in milliseconds since its begin. */
  nowMs: () => number;
  /** Takes a line of what the stack's processes say. */
  say: (line: string) => void;
}

/**
 * Makes a fault come and go. It is over when what it took away is back.
 *
 * @returns whom it hit, and what was done; undefined when there was nobody to hit
 */
export type InjectFault = (planned: PlannedFault) => Promise<string | undefined>;

/** Replicas, their database and what is in front of them, with the ways to hurt them. */
export interface Stack {
  /** What runs, in words. */
  about: string;
  fronts: Front[];
  faults: Partial<Record<FaultKind, InjectFault>>;
  /** Why the other kinds of faults cannot be had here. */
  missing: Partial<Record<FaultKind, string>>;
  /** Every replica that there was so far. */
  replicas(): ReplicaName[];
  /** Stops the replicas in good order, and reads what the database holds. */
  finish(): Promise<Ledger>;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}
