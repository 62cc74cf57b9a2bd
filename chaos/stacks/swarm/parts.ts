import type { Outcome } from '../../../testkit/docker/stack.ts';
import type { Cluster, Machine } from './cluster.ts';
import type { SwarmFronts } from './fronts.ts';
import type { Group } from './group.ts';
import type { SwarmReplicas } from './replicas.ts';

/** The parts that the faults of a Swarm stack use. */
export interface SwarmParts {
  cluster: Cluster;
  group: Group;
  replicas: SwarmReplicas;
  fronts: SwarmFronts;
  /** How many replicas Swarm keeps running. */
  replicaCount: number;
  /** How long replicas may take to find the primary once it accepts writes. */
  databaseFoundWithinMs: number;
  /** How long the group must have accepted writes to be back, after it had lost its majority. */
  steadyMs: number;
  /** Runs a script of the project on a machine, as its operator. Never throws. */
  operate(machine: Machine, script: string, ...args: string[]): Promise<Outcome>;
}
