import { delay } from '../lib/delay.ts';
import { createMonotonicClock } from '../lib/monotonic-clock.ts';
import { dashboardContent, outdatedContent, statuses } from '../pages/dashboard-page.ts';
import type { Snapshot } from '../replicas/snapshot.ts';
import { publicError } from '../visits/errors.ts';

export interface DashboardFeedOptions {
  readSnapshot: () => Promise<Snapshot>;
  /** How often the cluster is looked at while somebody watches. */
  intervalMs?: number;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
  pause?: (ms: number) => Promise<void>;
}

/** What all who watch the dashboard through this replica are shown: read once for them all, and not at all for nobody. */
export interface DashboardFeed {
  intervalMs: number;
  /** @throws what reading failed with */
  snapshot(): Promise<Snapshot>;
  /** The same as a server-sent event: `snapshot`, or `unavailable` when it cannot be read. */
  event(): Promise<string>;
}

/** New readers wait no longer than this for a read in flight, and after a failed read the next one starts no sooner. */
const READ_TIMEOUT_MS = 2000;

/** How often it is looked whether the very first reading is there. */
const FIRST_READING_POLL_MS = 20;

interface Reading {
  value: Snapshot;
  event: string;
}

export function createDashboardFeed(options: DashboardFeedOptions): DashboardFeed {
  const { readSnapshot, intervalMs = 500, nowMs = Date.now, pause = delay } = options;
  const monotonicMs = options.monotonicMs ?? createMonotonicClock();
  let latest: Reading | undefined;
  /** By the monotonic clock; what is shown of it follows the wall clock. */
  let latestAtMs = 0;
  let latestTimeMs = 0;
  let readingSinceMs: number | undefined;
  let failure: { error: unknown; atMs: number; sinceMs: number } | undefined;

  const isBeingRead = () => readingSinceMs !== undefined && monotonicMs() - readingSinceMs < READ_TIMEOUT_MS;

  /** What there is for who comes now; undefined when it is to be read. */
  function known(): Reading | undefined {
    if (failure && (isBeingRead() || monotonicMs() - failure.atMs < READ_TIMEOUT_MS)) throw failure.error;
    return latest && (isBeingRead() || monotonicMs() - latestAtMs < intervalMs) ? latest : undefined;
  }

  /** Shares the result and never the promise: on Workers a request must not await I/O that another request started. */
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

/** What the page's script needs: the content as it is to be, and what it draws and tells by itself. */
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
