import { type Machine, runningContainer } from './cluster.ts';
import type { SwarmParts } from './parts.ts';

/** Returns the container of the group's primary, and its machine. Undefined when there is none that accepts writes. */
export async function primaryContainer({
  cluster,
  group,
}: Pick<SwarmParts, 'cluster' | 'group'>): Promise<{ machine: Machine; container: string } | undefined> {
  const number = await group.primary();
  const machine = cluster.machines.find((each) => each.number === number);
  if (!machine) return undefined;
  const container = await runningContainer(machine.engine, `db-${number}`);
  return container === undefined ? undefined : { machine, container };
}
