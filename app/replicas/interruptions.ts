import { HISTORY_BUCKET_MS, HISTORY_BUCKETS, type Interruption, type RegisteredReplica } from './registry.ts';

/** How many are kept: a replica that restarts again and again needs no longer list to be noticed. */
const KEPT = 8;

const SHOWN_FOR_MS = HISTORY_BUCKETS * HISTORY_BUCKET_MS;

/** The times in which a replica did not serve, as long as the dashboard shows them. */
export interface Interruptions {
  /** Takes over the list of the process before this one, and adds its end, unless that was a clean stop. */
  resume(previous: Pick<RegisteredReplica, 'state' | 'seenMsAgo' | 'figures'>): void;
  /** The database took a report (`true`), or did not for the first time; at `atMs`, since the epoch. */
  databaseChanged(isReachable: boolean, atMs: number): void;
  /** The newest at the beginning. */
  list(): Interruption[];
}

/**
 * Builds the list of one replica's interruptions, empty.
 *
 * @param nowMs wall-clock time, in milliseconds since the epoch
 */
export function createInterruptions(nowMs: () => number = Date.now): Interruptions {
  let interruptions: Interruption[] = [];
  let unreachableSinceMs: number | undefined;

  function add(interruption: Interruption): void {
    interruptions = [interruption, ...interruptions].slice(0, KEPT);
  }

  return {
    resume({ state, seenMsAgo, figures }) {
      interruptions = [...figures.interruptions];
      const untilMs = nowMs();
      if (state !== 'stopped') add({ kind: 'lost', fromMs: untilMs - seenMsAgo, untilMs });
    },
    databaseChanged(isReachable, atMs) {
      if (!isReachable) unreachableSinceMs = atMs;
      else if (unreachableSinceMs !== undefined) {
        add({ kind: 'database', fromMs: unreachableSinceMs, untilMs: atMs });
        unreachableSinceMs = undefined;
      }
    },
    list: () => interruptions.filter(({ untilMs }) => nowMs() - untilMs < SHOWN_FOR_MS),
  };
}
