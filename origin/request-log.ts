import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { AppEnv } from './app.ts';
import type { Log } from './log.ts';
import type { ObserveRequest } from './observed-request.ts';

export interface RequestLogOptions {
  log: Log;
  observe: ObserveRequest;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Logs one line a request, and tells who counts. The query string is left out: it is the client's to put secrets in. */
export function requestLog({ log, observe, monotonicMs = () => performance.now() }: RequestLogOptions) {
  return createMiddleware<AppEnv>(async function requestLog(c, next) {
    const startMs = monotonicMs();
    await next();
    const durationMs = monotonicMs() - startMs;
    const affinity = c.get('affinity');
    const visit = c.get('visit');
    const { status } = c.res;
    log.info(
      {
        ...c.get('caller'),
        method: c.req.method,
        path: c.req.path,
        status,
        affinity,
        visit: visit?.number,
        durationMs: Math.round(durationMs * 1000) / 1000,
      },
      'request',
    );
    observe({ route: routeOf(c), status, affinity, durationMs, ...(visit && { visit }) });
  });
}

/** The pattern of the handler that answered; middleware has `/*`, which is what is left when there was no handler. */
function routeOf(c: Context): string {
  const route = routePath(c, -1);
  return route === '/*' ? '*' : route;
}
