import { publicError } from '../http/public-error.ts';
import { cachedRead } from '../lib/cached-read.ts';
import { createMonotonicClock } from '../lib/monotonic-clock.ts';
import { dashboardContent, outdatedContent, statuses } from '../pages/dashboard-page.ts';
import type { Snapshot } from '../replicas/snapshot.ts';

export interface DashboardFeedOptions {
  readSnapshot: () => Promise<Snapshot>;
  /** How often the cluster is read while at least one client watches. */
  intervalMs?: number;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
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

type Reading = { event: string } & ({ value: Snapshot } | { error: unknown });

export function createDashboardFeed(options: DashboardFeedOptions): DashboardFeed {
  const { readSnapshot, intervalMs = 500, nowMs = Date.now, monotonicMs = createMonotonicClock() } = options;
  let last: { snapshot: Snapshot; timeMs: number } | undefined;

  async function read(): Promise<Reading> {
    try {
      const snapshot = await readSnapshot();
      const event = toEvent('snapshot', await eventData(snapshot));
      last = { snapshot, timeMs: nowMs() };
      return { value: snapshot, event };
    } catch (error) {
      const { message } = publicError(error);
      const html = last && `${await outdatedContent(last.snapshot, message, last.timeMs)}`;
      return { error, event: toEvent('unavailable', { message, html }) };
    }
  }

  const reading = cachedRead({
    read,
    maxAgeMs: (result) => ('error' in result ? READ_TIMEOUT_MS : intervalMs),
    usePrevious: true,
    lostAfterMs: READ_TIMEOUT_MS,
    monotonicMs,
  });

  return {
    intervalMs,
    async snapshot() {
      const result = await reading();
      if ('error' in result) throw result.error;
      return result.value;
    },
    event: async () => (await reading()).event,
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
