import type { StatsRecorder } from '../app/replicas/stats.ts';
import type { LoggedRequest } from './log-entry.ts';
import { routeOfPath } from './route-of-path.ts';

/** Counts a logged request as many times as its line stands for. Clients are counted by their addresses. */
export function countRequest(stats: Pick<StatsRecorder, 'observe'>, logged: LoggedRequest): void {
  const { client: address, path, status, affinity, durationMs, count } = logged;
  const client = { id: undefined, address, hasLetGo: false };
  const request = { route: routeOfPath(path, status), status, affinity, durationMs, client };
  for (let counted = 0; counted < count; counted++) stats.observe(request);
}
