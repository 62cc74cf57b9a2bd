import {
  createRecentCounts,
  RECENT_BUCKET_MS,
  RECENT_BUCKETS,
  type RecentCounts,
  sumRecentCounts,
} from './recent-counts.ts';
import { STATUS_CLASSES, type StatusClass, statusClassOf } from './status-class.ts';

/** Requests to one route in the last five minutes. */
export interface RouteTraffic {
  /** Its path pattern; `*` where no handler answered, `other` for the routes beyond the limit. */
  route: string;
  total: number;
  statuses: Record<StatusClass, number>;
}

/** Maximum number of recent routes that a replica reports by name, which bounds the size of its report. */
const ROUTE_LIMIT = 30;
const OTHER = 'other';

/** Counts one replica's requests by route and status class. */
export interface TrafficRecorder {
  add(route: string, status: number): void;
  resume(previous: RecentCounts): void;
  report(): RecentCounts;
}

/** @param nowMs wall-clock time, in milliseconds since the epoch */
export function createTrafficRecorder(nowMs: () => number): TrafficRecorder {
  const { add, resume, report } = createRecentCounts(nowMs);
  // The named routes, each with the time of its last request.
  const named = new Map<string, number>();

  function nameOf(route: string): string {
    const timeMs = nowMs();
    if (!named.has(route) && named.size >= ROUTE_LIMIT) {
      // Routes that are no longer shown leave their place to others.
      for (const [name, lastMs] of named) {
        if (timeMs - lastMs > RECENT_BUCKETS * RECENT_BUCKET_MS) named.delete(name);
      }
      if (named.size >= ROUTE_LIMIT) return OTHER;
    }
    named.set(route, timeMs);
    return route;
  }

  return {
    add(route, status) {
      add(`${statusClassOf(status)} ${nameOf(route)}`);
    },
    resume,
    report,
  };
}

/** Adds up the traffic of several replicas in the five minutes before `timeMs`. The busiest route comes first. */
export function sumTraffic(reports: readonly RecentCounts[], timeMs: number): RouteTraffic[] {
  const routes = new Map<string, RouteTraffic>();
  for (const [name, count] of sumRecentCounts(reports, timeMs)) {
    const statusClass = STATUS_CLASSES.find((known) => name.startsWith(`${known} `));
    if (statusClass === undefined || count === 0) continue;
    const route = name.slice(statusClass.length + 1);
    const traffic = routes.get(route) ?? { route, total: 0, statuses: noRequests() };
    traffic.total += count;
    traffic.statuses[statusClass] += count;
    routes.set(route, traffic);
  }
  return [...routes.values()].sort((a, b) => b.total - a.total || (a.route < b.route ? -1 : 1));
}

export function noRequests(): RouteTraffic['statuses'] {
  return { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 };
}
