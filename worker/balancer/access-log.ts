import { createMiddleware } from 'hono/factory';
import type { ClientInfo } from '../../app/client/client-info.ts';
import { requestLine } from '../../app/http/request-line.ts';
import type { Log } from '../../app/lib/log.ts';
import { createLogQuota } from '../../app/lib/log-quota.ts';
import { createMonotonicClock } from '../../app/lib/monotonic-clock.ts';

/** The variables of a request at the balancer. */
export interface BalancerEnv {
  Variables: {
    client: ClientInfo;
    /** Addresses of the peers tried, in order. */
    peers: string[];
    /** The affinity cookie; undefined when the request has none. */
    affinityCookie: string | undefined;
    /** Address of the peer whose response the client gets. */
    answeredBy?: string;
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

/** Logs one line per request, with the peers tried and the verdict. */
export function accessLog({ log, linesPerSecond, monotonicMs = createMonotonicClock() }: AccessLogOptions) {
  const quota = createLogQuota({ linesPerSecond, monotonicMs });

  return createMiddleware<BalancerEnv>(async function logAccess(c, next) {
    const startMs = monotonicMs();
    await next();
    if (c.get('isTakenOver')) return;
    const { client, peers, answeredBy } = c.var;
    const affinity = c.res.headers.get('X-Affinity') ?? undefined;
    const more = { affinity, peer: peers.join(', ') || undefined, answeredBy };
    const line = requestLine({ c, client, durationMs: monotonicMs() - startMs, quota, more });
    if (line !== undefined) log.info(line, 'request');
  });
}
