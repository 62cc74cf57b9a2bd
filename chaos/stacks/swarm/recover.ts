import type { EndOutage } from '../../outages.ts';
import { type Machine, untilBack } from './cluster.ts';
import { LIMITS_MS } from './limits.ts';
import type { SwarmParts } from './parts.ts';

/**
 * Waits until the group accepts writes, and ends the database's outage when replicas have found the primary.
 *
 * @param limits `isBack`: whether it does; by default when its primary sees no member that is lost
 */
export async function untilWritable(
  { cluster, group, databaseFoundWithinMs }: SwarmParts,
  limits: { what: string; sinceMs: number; withinMs: number; isBack?: () => Promise<boolean> },
  endOutage: EndOutage,
): Promise<void> {
  const { isBack = () => group.isSettled() } = limits;
  await untilBack(cluster.notes, limits, isBack);
  endOutage(databaseFoundWithinMs);
}

export async function untilFrontsAreBack({ cluster, fronts }: SwarmParts): Promise<void> {
  await Promise.all(cluster.machines.map((machine) => fronts.untilBack(machine)));
}

/** Waits until there are as many replicas as Swarm keeps. */
export async function untilReplicasAreBack({ cluster, replicas, replicaCount }: SwarmParts, what: string) {
  const isComplete = async () => replicas.present().length >= replicaCount;
  await untilBack(cluster.notes, { what, withinMs: LIMITS_MS.replicas }, isComplete);
}

/** Waits until the machine's member is in the group again, and all replicas are there. */
export async function untilMachineIsBack(
  parts: SwarmParts,
  { name, number }: Machine,
  memberWithinMs: number,
): Promise<void> {
  const member = { what: `the member of ${name}`, withinMs: memberWithinMs };
  await untilBack(parts.cluster.notes, member, () => parts.group.isOnline(number));
  await untilReplicasAreBack(parts, 'the number of replicas');
}
