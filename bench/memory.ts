import { residentBytes } from '../testkit/processes/resident-memory.ts';

/**
 * Returns the resident memory of the largest of these processes, in megabytes. Undefined where the system does not
 * report it.
 */
export async function residentMb(pids: readonly number[]): Promise<number | undefined> {
  const sizes = await Promise.all(pids.map(residentBytes));
  const known = sizes.filter((size) => size !== undefined);
  return known.length === 0 ? undefined : Math.max(...known) / 1e6;
}
