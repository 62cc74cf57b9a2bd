import type { Snapshot } from '../dashboard/snapshot.ts';

/** The dashboard for a terminal: a line a replica. */
export function dashboardText({ count, replicas }: Snapshot): string {
  return [`${count} visits`, ...replicas.map(({ address, state }) => `${address} ${state}`)].join('\n');
}
