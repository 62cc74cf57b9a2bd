import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { createKeepClientId, readClientId } from '../client/client-id.ts';
import type { AppEnv } from '../env.ts';
import { clientKey } from '../lib/ip-address.ts';
import type { Log } from '../lib/log.ts';
import { createMonotonicClock } from '../lib/monotonic-clock.ts';
import { isClientTraffic } from '../replicas/client-traffic.ts';
import type { RequestObserver } from '../replicas/request-event.ts';
import { requestLine } from './request-line.ts';
import { createRequestQuota } from './request-quota.ts';
import { routeOf } from './route-of.ts';

export interface RequestLogOptions {
  log: Log;
  observe?: RequestObserver | undefined;
  /** How many log lines a second one client may cause in the long run; undefined for no limit. */
  linesPerSecond?: number | undefined;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Polled by balancers and operators several times a second; not worth a line at `info` while all is well. */
const HEALTH_CHECKS = ['/healthz', '/readyz'];

/**
 * Logs one line per request, and passes the request to `observe`. Then it also gives the client the id by which it is counted.
 * Successful health checks are logged at `debug` and without a verdict, because they come from no client.
 */
export function requestLog(options: RequestLogOptions) {
  const { log, observe, linesPerSecond, nowMs = Date.now, monotonicMs = createMonotonicClock() } = options;
  const keepClientId = createKeepClientId(nowMs);
  const quota = linesPerSecond === undefined ? undefined : createRequestQuota({ linesPerSecond, monotonicMs });

  function write(c: Context<AppEnv>, durationMs: number, route: string): void {
    const isHealthCheck = HEALTH_CHECKS.includes(route);
    const { method, path } = c.req;
    const { status } = c.res;
    const isQuiet = isHealthCheck && status < 500;
    const more = { ...(!isHealthCheck && { affinity: c.get('affinity') }), visit: c.get('visit')?.number };
    const line = requestLine({
      method,
      path,
      status,
      client: c.get('client'),
      durationMs,
      quota: isQuiet ? undefined : quota,
      source: route,
      more,
    });
    if (line === undefined) return;
    if (isQuiet) log.debug(line, 'request');
    else log.info(line, 'request');
  }

  return createMiddleware<AppEnv>(async function requestLog(c, next) {
    const startMs = monotonicMs();
    await next();
    const durationMs = monotonicMs() - startMs;
    const route = routeOf(c);
    write(c, durationMs, route);
    if (!observe) return;
    const visit = c.get('visit');
    const brought = readClientId(c);
    const client = {
      id: brought?.id,
      address: clientKey(c.get('client').clientIp),
      hasLetGo: c.get('hasLetGo') ?? false,
    };
    const { method } = c.req;
    const { status } = c.res;
    // A client that gets nothing but errors needs no id.
    if (status < 400 && isClientTraffic(route)) keepClientId(c, brought);
    observe({ route, method, status, affinity: c.get('affinity'), durationMs, client, ...(visit && { visit }) });
  });
}
