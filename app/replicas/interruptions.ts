import { HISTORY_BUCKET_MS, HISTORY_BUCKETS, type Interruption, type RegisteredReplica } from './registry.ts';

/** Maximum number kept. A replica that restarts again and again is noticed with a short list, too. */
const KEPT = 8;

const SHOWN_FOR_MS = HISTORY_BUCKETS * HISTORY_BUCKET_MS;

/** The recent times in which one replica did not serve, for as long as the dashboard shows them. */
export interface Interruptions {
  add(interruption: Interruption): void;
  /** Takes over the list of the previous process, and adds the end of that process unless it stopped cleanly. */
  resume(previous: Pick<RegisteredReplica, 'state' | 'seenMsAgo' | 'figures'>): void;
  /**
   * Records that the database became unreachable (`false`) or reachable (`true`) at `atMs`, in milliseconds since the epoch.
   */
  databaseChanged(isReachable: boolean, atMs: number): void;
  /** Newest first. */
  list(): Interruption[];
}

/**
 * Creates an empty list.
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
    add,
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
