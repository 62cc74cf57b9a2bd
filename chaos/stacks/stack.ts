import type { Front, FrontKind } from '../../testkit/fronts/front.ts';
import type { FaultKind, PlannedFault } from '../fault.ts';
import type {
  ClockStep,
  ContainerChange,
  Death,
  Delivery,
  Ledger,
  Recovery,
  ReplicaName,
  RetryCut,
} from '../history.ts';
import type { Drain, OutageLog } from '../outages.ts';

/** A balancer that clients talk to. The stack closes it. */
export interface StackFront extends Pick<Front, 'url'> {
  /** Name in the history. */
  name: string;
  /** A client whose front does not answer goes to another front of the same kind, if the stack has one. */
  kind: FrontKind;
}

/** Where a stack records what it does, while it does it. */
export interface RunContext {
  log: OutageLog;
  drains: Drain[];
  deaths: Death[];
  deliveries: Delivery[];
  clockSteps: ClockStep[];
  retryCuts: RetryCut[];
  changes: ContainerChange[];
  recoveries: Recovery[];
  /** The run's clock, in milliseconds since its start. */
  nowMs: () => number;
  /** Called with each line that the stack's processes print. */
  say: (line: string) => void;
}

/**
 * Injects a fault and resolves when it is over, that is when its target is available again.
 *
 * @returns the target and what was done; undefined when there was no target
 */
export type InjectFault = (planned: PlannedFault) => Promise<string | undefined>;

/** Replicas, their database and the fronts, with the faults that can be injected. */
export interface Stack {
  /** Description of what runs. */
  about: string;
  fronts: StackFront[];
  faults: Partial<Record<FaultKind, InjectFault>>;
  /** Why other kinds of faults are not available here. */
  missing: Partial<Record<FaultKind, string>>;
  /** Returns every replica that has existed so far. */
  replicas(): ReplicaName[];
  /** Stops the replicas cleanly and reads the database's content. */
  finish(): Promise<Ledger>;
  /** Removes everything. */
  close(): Promise<void>;
}

const ONE_MACHINE = 'needs several machines: --stack swarm';

/** Why a stack on one machine has no faults of machines. */
export const MISSING_ON_ONE_MACHINE: Stack['missing'] = {
  'kill-primary': ONE_MACHINE,
  'power-off-machine': ONE_MACHINE,
  'cut-machine': ONE_MACHINE,
  'empty-machine': ONE_MACHINE,
  'lose-majority': ONE_MACHINE,
};
