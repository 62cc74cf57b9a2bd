import type { Machine } from './cluster.ts';
import type { SwarmParts } from './parts.ts';

/** Takes a machine's power or its network, and records what clients lose with it. */
export async function lose({ cluster, fronts, replicas }: SwarmParts, machine: Machine, as: 'off' | 'cut') {
  fronts.lost(machine);
  replicas.lost(machine);
  machine.state = as;
  const { kill, cut } = cluster.control;
  await (as === 'off' ? kill : cut)(machine.number);
}

/** When a machine is back, Docker's networks lose each other once more: balancers their replicas, and replicas their database. */
export function doubtAllFronts({ cluster, fronts }: SwarmParts): void {
  for (const machine of cluster.machines) fronts.doubt(machine);
}
