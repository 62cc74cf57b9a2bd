import { createMiddleware } from 'hono/factory';
import type { ClientInfo } from '../../app/client/client-info.ts';
import { clientKey } from '../../app/lib/ip-address.ts';
import type { Log } from '../../app/lib/log.ts';
import { createLogQuota } from '../../app/lib/log-quota.ts';
import { createMonotonicClock } from '../../app/lib/monotonic-clock.ts';

/** The variables of a request at the balancer. */
export interface BalancerEnv {
  Variables: {
    client: ClientInfo;
    /** Addresses of the peers tried, in order. */
    peers: string[];
    /** Whether the edge's own handlers answered, which log the request themselves. */
    isTakenOver?: boolean;
  };
}

export interface AccessLogOptions {
  log: Log;
  /** How many lines a second one client may cause in the long run. */
  linesPerSecond: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Clients choose path and method, so their length is limited: long ones would push older lines out of the log. */
const MAX_FIELD_LENGTH = 512;

/**
 * Logs one line per request, with the peers tried and the verdict. The query string is left out, because clients may put
 * secrets there. A 5xx response is always logged, whatever the client's quota.
 */
export function accessLog({ log, linesPerSecond, monotonicMs = createMonotonicClock() }: AccessLogOptions) {
  const quota = createLogQuota({ linesPerSecond, monotonicMs });

  return createMiddleware<BalancerEnv>(async function logAccess(c, next) {
    const startMs = monotonicMs();
    await next();
    const { status, headers } = c.res;
    const { clientIp, requestId } = c.get('client');
    if (c.get('isTakenOver')) return;
    const leftOut = status >= 500 ? 0 : quota.take(clientKey(clientIp));
    if (leftOut === undefined) return;
    const line = {
      clientIp,
      requestId,
      method: shorten(c.req.method),
      path: shorten(c.req.path),
      status,
      affinity: headers.get('X-Affinity') ?? undefined,
      peer: c.get('peers').join(', ') || undefined,
      durationMs: Math.round((monotonicMs() - startMs) * 1000) / 1000,
      ...(leftOut > 0 && { notLogged: leftOut }),
    };
    log.info(line, 'request');
  });
}

function shorten(text: string): string {
  return text.length <= MAX_FIELD_LENGTH ? text : `${text.slice(0, MAX_FIELD_LENGTH)}…`;
}
