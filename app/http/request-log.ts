import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { readClientId } from '../client/client-id.ts';
import type { AppEnv } from '../env.ts';
import { clientKey } from '../lib/ip-address.ts';
import type { Log } from '../lib/log.ts';
import { createLogQuota } from '../lib/log-quota.ts';
import { createMonotonicClock } from '../lib/monotonic-clock.ts';
import type { RequestObserver } from '../replicas/request-event.ts';
import { routeOf } from './route-of.ts';

export interface RequestLogOptions {
  log: Log;
  observe?: RequestObserver | undefined;
  /** How many log lines a second one client may cause in the long run; undefined for no limit. */
  linesPerSecond?: number | undefined;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Clients choose path and method, so their length is limited: long ones would push older lines out of the log. */
const MAX_FIELD_LENGTH = 512;

/** Polled by balancers and operators several times a second; not worth a line at `info` while all is well. */
const HEALTH_CHECKS = ['/healthz', '/readyz'];

/**
 * Logs one line per request, and passes the request to `observe`. The query string is left out, because clients may put
 * secrets there. Successful health checks are logged at `debug` and without a verdict, because they come from no client. A
 * 5xx response is always logged, whatever the client's quota.
 */
export function requestLog({ log, observe, linesPerSecond, monotonicMs = createMonotonicClock() }: RequestLogOptions) {
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
    if (!observe) return;
    const { affinity, visit, hasLetGo = false } = c.var;
    const client = { id: readClientId(c), address: clientKey(c.get('client').clientIp), hasLetGo };
    const { method } = c.req;
    observe({ route, method, status: c.res.status, affinity, durationMs, client, ...(visit && { visit }) });
  });
}

function shorten(text: string): string {
  return text.length <= MAX_FIELD_LENGTH ? text : `${text.slice(0, MAX_FIELD_LENGTH)}…`;
}
