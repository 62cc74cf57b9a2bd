import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { dashboardAccess } from '../dashboard/access.ts';
import type { DashboardFeed } from '../dashboard/feed.ts';
import type { AppEnv } from '../env.ts';
import { respond } from '../http/respond.ts';
import type { Log } from '../lib/log.ts';
import { createMonotonicClock } from '../lib/monotonic-clock.ts';
import { dashboardPage } from '../pages/dashboard-page.ts';
import { dashboardText } from '../pages/dashboard-text.ts';
import type { Route } from './route.ts';

export interface DashboardOptions {
  access: Parameters<typeof dashboardAccess>[0];
  feed: DashboardFeed;
  isDraining: () => boolean;
  log: Log;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** The live dashboard, unless `DASHBOARD=off`. */
export const dashboard: Route = {
  path: '/dashboard',
  create: ({ dashboard: { access, feed }, isDraining, log }) =>
    access.kind === 'off' ? undefined : createDashboard({ access, feed, isDraining, log }),
};

export const DASHBOARD_EVENTS = '/dashboard/events';

/** How soon a browser reconnects after its stream has ended. */
const RETRY_MS = 500;

/**
 * Maximum length of one event stream. It bounds how long a drain or a reload of Nginx waits for the stream. At the edge, it
 * keeps the number of database queries of one request below the platform's limit.
 */
const STREAM_LIFE_MS = 5000;

/**
 * Creates the dashboard's routes. `GET /` is the page (text and JSON by `Accept`). `GET /events` is the stream of its
 * changes (server-sent events, WHATWG HTML section 9.2); the browser reconnects whenever it ends.
 */
export function createDashboard({ access, feed, isDraining, log, ...clock }: DashboardOptions): Hono<AppEnv> {
  const monotonicMs = clock.monotonicMs ?? createMonotonicClock();
  const app = new Hono<AppEnv>();
  app.use(dashboardAccess(access, log));

  app.get('/', async (c) => {
    const snapshot = await feed.snapshot();
    const html = () => dashboardPage(snapshot, c.var.page);
    return respond(c, { text: dashboardText(snapshot), json: snapshot, html });
  });

  app.get('/events', (c) => {
    return streamSSE(c, async (stream) => {
      await stream.write(`retry: ${RETRY_MS}\n\n`);
      const endAtMs = monotonicMs() + STREAM_LIFE_MS;
      let last = '';
      // A draining replica ends its streams, and the browsers reconnect to another one.
      while (!stream.aborted && !isDraining() && monotonicMs() < endAtMs) {
        const event = await feed.event();
        if (event !== last) await stream.write(event);
        last = event;
        await stream.sleep(feed.intervalMs);
      }
    });
  });

  return app;
}
