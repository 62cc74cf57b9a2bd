import { residentBytes } from '../testkit/processes/resident-memory.ts';

/**
 * Resident memory of processes of this machine, in megabytes; undefined where the system does not tell it.
 *
 * @returns that of the largest one
 */
export async function residentMb(pids: readonly number[]): Promise<number | undefined> {
  const sizes = await Promise.all(pids.map(residentBytes));
  const known = sizes.filter((size) => size !== undefined);
  return known.length === 0 ? undefined : Math.max(...known) / 1e6;
}
