import type { Interruption, RegisteredReplica } from './registry.ts';

/** An interruption, merged over the replicas that saw it. */
export interface Incident {
  kind: Interruption['kind'];
  /** The addresses of the replicas it affected. */
  addresses: string[];
  fromMs: number;
  /** Null while it continues. */
  untilMs: number | null;
}

/** Maximum number of incidents shown. */
const SHOWN = 6;

/**
 * Merges the interruptions of all replicas. Replicas that could not reach the database at overlapping times count as one
 * outage.
 *
 * @returns ongoing incidents first, then by their end, the latest first
 */
export function incidentsOf(
  seen: readonly RegisteredReplica[],
  isLost: (replica: RegisteredReplica) => boolean,
  timeMs: number,
): Incident[] {
  const all = seen.flatMap((replica): Incident[] => {
    const { address, seenMsAgo, figures } = replica;
    const over = figures.interruptions.map((interruption) => ({ ...interruption, addresses: [address] }));
    if (!isLost(replica)) return over;
    return [{ kind: 'lost', addresses: [address], fromMs: timeMs - seenMsAgo, untilMs: null }, ...over];
  });
  const outages = mergeOverlapping(all.filter(({ kind }) => kind === 'database'));
  const losses = all.filter(({ kind }) => kind === 'lost');
  return [...losses, ...outages].sort((a, b) => endOf(b) - endOf(a) || b.fromMs - a.fromMs).slice(0, SHOWN);
}

function mergeOverlapping(incidents: Incident[]): Incident[] {
  const merged: Incident[] = [];
  for (const incident of incidents.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (!last || incident.fromMs > endOf(last)) {
      merged.push(incident);
      continue;
    }
    last.addresses = [...new Set([...last.addresses, ...incident.addresses])];
    last.untilMs = Math.max(last.untilMs ?? 0, incident.untilMs ?? 0);
  }
  return merged;
}

function endOf({ untilMs }: Incident): number {
  return untilMs ?? Number.POSITIVE_INFINITY;
}
