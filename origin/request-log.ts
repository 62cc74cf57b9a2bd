import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './app.ts';
import type { Log } from './log.ts';

export interface RequestLogOptions {
  log: Log;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Logs one line a request. The query string is left out: it is the client's to put secrets in. */
export function requestLog({ log, monotonicMs = () => performance.now() }: RequestLogOptions) {
  return createMiddleware<AppEnv>(async function requestLog(c, next) {
    const startMs = monotonicMs();
    await next();
    log.info(
      {
        ...c.var.caller,
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        affinity: c.var.affinity,
        visit: c.var.visitNumber,
        durationMs: Math.round((monotonicMs() - startMs) * 1000) / 1000,
      },
      'request',
    );
  });
}
