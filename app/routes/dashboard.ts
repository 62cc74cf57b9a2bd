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

export interface DashboardOptions {
  access: Parameters<typeof dashboardAccess>[0];
  feed: DashboardFeed;
  isDraining: () => boolean;
  log: Log;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Where the stream is. */
export const DASHBOARD_EVENTS = '/dashboard/events';

/** How soon a browser whose stream ended asks for the next one. */
const RETRY_MS = 500;

/**
 * Maximum length of one event stream. A replica that drains and a balancer that reloads wait no longer for it, and at the edge
 * it keeps a request below the limit of queries.
 */
const STREAM_LIFE_MS = 5000;

/**
 * Builds the dashboard: `GET /` is the page (text and JSON by `Accept`), `GET /events` the stream of what changes on it
 * (server-sent events, WHATWG HTML section 9.2), which a browser asks for again whenever it ends.
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
    // Nginx would gather the events and send them in lumps.
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (stream) => {
      await stream.write(`retry: ${RETRY_MS}\n\n`);
      const endAtMs = monotonicMs() + STREAM_LIFE_MS;
      let last = '';
      // A replica that drains ends its streams: their browsers go on at another one.
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
