import { createMiddleware } from 'hono/factory';
import type { BalancerEnv } from './access-log.ts';
import type { EdgeFigures } from './edge-figures.ts';

export interface CountRequestsOptions {
  figures: EdgeFigures;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
}

/** Counts and times all requests to the edge, its own answers among them. */
export function countRequests({ figures, monotonicMs }: CountRequestsOptions) {
  return createMiddleware<BalancerEnv>(async function countRequest(c, next) {
    const startMs = monotonicMs();
    figures.began();
    await next();
    const { status, headers } = c.res;
    const affinity = c.get('isTakenOver') ? 'takeover' : (headers.get('X-Affinity') ?? undefined);
    figures.answered({ method: c.req.method, status, affinity, durationMs: monotonicMs() - startMs });
  });
}
