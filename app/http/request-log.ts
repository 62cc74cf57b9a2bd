import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { AppEnv } from '../env.ts';
import { clientKey } from '../lib/ip-address.ts';
import type { Log } from '../lib/log.ts';
import { createLogQuota } from '../lib/log-quota.ts';
import type { RequestObserver } from '../replicas/request-event.ts';

export interface RequestLogOptions {
  log: Log;
  observe: RequestObserver;
  /** How many lines one client may cause each second in the long run; undefined for any number. */
  linesPerSecond?: number | undefined;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Clients choose path and method, so their length in a line is bounded: long ones would push out the rest of the log. */
const MAX_FIELD_LENGTH = 512;

/** What asks these is a balancer or an operator: several times a second, with nothing to say while all is well. */
const HEALTH_CHECKS = ['/healthz', '/readyz'];

/**
 * Logs one line a request, and reports it to who counts. The query string is left out: it is the client's to put secrets in.
 * Health checks that succeed are logged at debug; they are no client's, so they have no verdict. An answer of 5xx is always
 * logged.
 */
export function requestLog({ log, observe, linesPerSecond, monotonicMs = () => performance.now() }: RequestLogOptions) {
  const quota = linesPerSecond === undefined ? undefined : createLogQuota({ linesPerSecond, monotonicMs });

  function write(c: Context<AppEnv>, durationMs: number, isHealthCheck: boolean): void {
    const { status } = c.res;
    const { clientIp, requestId } = c.get('client');
    const isQuiet = isHealthCheck && status < 500;
    const leftOut = isQuiet || status >= 500 || !quota ? 0 : quota.take(clientKey(clientIp));
    if (leftOut === undefined) return;
    const line = {
      clientIp,
      requestId,
      method: shorten(c.req.method),
      path: shorten(c.req.path),
      status,
      ...(!isHealthCheck && { affinity: c.get('affinity') }),
      visit: c.get('visit')?.number,
      durationMs: Math.round(durationMs * 1000) / 1000,
      ...(leftOut > 0 && { notLogged: leftOut }),
    };
    if (isQuiet) log.debug(line, 'request');
    else log.info(line, 'request');
  }

  return createMiddleware<AppEnv>(async function requestLog(c, next) {
    const startMs = monotonicMs();
    await next();
    const durationMs = monotonicMs() - startMs;
    const route = routeOf(c);
    write(c, durationMs, HEALTH_CHECKS.includes(route));
    const affinity = c.get('affinity');
    const visit = c.get('visit');
    observe({ route, status: c.res.status, affinity, durationMs, ...(visit && { visit }) });
  });
}

function shorten(text: string): string {
  return text.length <= MAX_FIELD_LENGTH ? text : `${text.slice(0, MAX_FIELD_LENGTH)}…`;
}

/** The pattern of the handler that answered; middleware has `/*`, which is what is left when there was no handler. */
function routeOf(c: Context): string {
  const route = routePath(c, -1);
  return route === '/*' ? '*' : route;
}
