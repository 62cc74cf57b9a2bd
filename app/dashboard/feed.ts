import { delay } from '../lib/delay.ts';
import { createMonotonicClock } from '../lib/monotonic-clock.ts';
import { dashboardContent, outdatedContent, statuses } from '../pages/dashboard-page.ts';
import type { Snapshot } from '../replicas/snapshot.ts';
import { publicError } from '../visits/errors.ts';

export interface DashboardFeedOptions {
  readSnapshot: () => Promise<Snapshot>;
  /** How often the cluster is read while at least one client watches. */
  intervalMs?: number;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
  pause?: (ms: number) => Promise<void>;
}

/** The dashboard's data, read once for all clients that watch it through this replica, and not at all when none does. */
export interface DashboardFeed {
  intervalMs: number;
  /** @throws the error of the failed read */
  snapshot(): Promise<Snapshot>;
  /** Returns the snapshot as a server-sent event: `snapshot`, or `unavailable` when it cannot be read. */
  event(): Promise<string>;
}

/** After this long, new readers no longer wait for a pending read. After a failure, no read starts sooner than this. */
const READ_TIMEOUT_MS = 2000;

/** How often readers check for the result of the very first read. */
const FIRST_READING_POLL_MS = 20;

interface Reading {
  value: Snapshot;
  event: string;
}

export function createDashboardFeed(options: DashboardFeedOptions): DashboardFeed {
  const { readSnapshot, intervalMs = 500, nowMs = Date.now, pause = delay } = options;
  const monotonicMs = options.monotonicMs ?? createMonotonicClock();
  let latest: Reading | undefined;
  /** When `latest` was read, by the monotonic clock. `latestTimeMs` has the same moment by the wall clock, to be shown. */
  let latestAtMs = 0;
  let latestTimeMs = 0;
  let readingSinceMs: number | undefined;
  let failure: { error: unknown; atMs: number; sinceMs: number } | undefined;

  const isBeingRead = () => readingSinceMs !== undefined && monotonicMs() - readingSinceMs < READ_TIMEOUT_MS;

  /**
   * Returns the cached reading if it may be used now; undefined when the caller must read.
   *
   * @throws the error of the last read, when that failed a short time ago or is being retried
   */
  function known(): Reading | undefined {
    if (failure && (isBeingRead() || monotonicMs() - failure.atMs < READ_TIMEOUT_MS)) throw failure.error;
    return latest && (isBeingRead() || monotonicMs() - latestAtMs < intervalMs) ? latest : undefined;
  }

  /** Shares the result, not the promise: on Workers a request must not await I/O that another request started. */
  async function read(): Promise<Reading> {
    for (;;) {
      const reading = known();
      if (reading) return reading;
      if (!isBeingRead()) break;
      await pause(FIRST_READING_POLL_MS);
    }
    readingSinceMs = monotonicMs();
    try {
      const value = await readSnapshot();
      latest = { value, event: toEvent('snapshot', await eventData(value)) };
      latestAtMs = monotonicMs();
      latestTimeMs = nowMs();
      failure = undefined;
      return latest;
    } catch (error) {
      failure = { error, atMs: monotonicMs(), sinceMs: failure?.sinceMs ?? latestTimeMs };
      throw error;
    } finally {
      readingSinceMs = undefined;
    }
  }

  return {
    intervalMs,
    snapshot: async () => (await read()).value,
    async event() {
      try {
        return (await read()).event;
      } catch (error) {
        const { message } = publicError(error);
        if (!latest) return toEvent('unavailable', { message });
        const html = `${await outdatedContent(latest.value, message, failure?.sinceMs ?? latestTimeMs)}`;
        return toEvent('unavailable', { message, html });
      }
    },
  };
}

/** The data that the page's script needs: the new content, the chart's history, and the statuses that it announces. */
async function eventData(snapshot: Snapshot): Promise<object> {
  const { history, replicas } = snapshot;
  return {
    html: `${await dashboardContent(snapshot)}`,
    history,
    replicas: statuses(replicas),
  };
}

function toEvent(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
