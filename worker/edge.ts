import { drizzle } from 'drizzle-orm/d1';
import type { Context, Hono } from 'hono';
import { type AppEnv, createApp } from '../origin/app.ts';
import { newRequestId } from '../origin/caller.ts';
import { createSqliteStore } from '../origin/sqlite-store.ts';
import { createAffinityCookie } from './affinity/set-cookie.ts';
import { createUpstream } from './affinity/upstream.ts';
import { createBalancer } from './balancer.ts';
import type { WorkerConfig } from './config.ts';
import { createConsoleLog } from './console-log.ts';

/** The worker has no address of its own: it runs wherever the client is. */
const EDGE = { ip: 'edge', address: 'edge', sid: 'edge' };

/** Builds what the worker serves: a balancer before the peers of `ORIGINS`, or without any the handlers themselves, on D1. */
export function createEdge(config: WorkerConfig, database: D1Database): Hono | Hono<AppEnv> {
  const log = createConsoleLog();
  const clientIp = (c: Context) => config.clientIp ?? c.req.header('CF-Connecting-IP') ?? 'unknown';

  if (config.peers.length > 0) {
    return createBalancer({
      upstream: createUpstream(config.peers),
      affinityCookie: createAffinityCookie({ secure: config.cookieSecure }),
      clientIp,
      connectTimeoutMs: config.connectTimeoutMs,
      readTimeoutMs: config.readTimeoutMs,
      log,
    });
  }

  const store = createSqliteStore({ db: drizzle(database), log });
  return createApp({
    server: EDGE,
    visits: {
      // One visit a transaction: a request of a worker may not wait for the work of another, and D1 queues them itself.
      record: async (visit) => (await store.commit([visit]))[0] as number,
      count: store.count,
    },
    identifyCaller: (c) => ({ clientIp: clientIp(c), requestId: newRequestId() }),
    log,
  });
}
