import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { AppEnv } from '../app.ts';
import { negotiate } from '../negotiate.ts';
import { dashboardPage } from '../pages/dashboard-page.ts';
import { dashboardText } from '../pages/dashboard-text.ts';
import { type DashboardAccess, dashboardAccess } from './access.ts';
import type { DashboardFeed } from './feed.ts';

export interface DashboardOptions {
  access: DashboardAccess;
  feed: DashboardFeed;
  isDraining: () => boolean;
}

/** Where the stream is. */
export const DASHBOARD_EVENTS = '/dashboard/events';

/** How soon a browser that lost the stream asks for a new one. */
const RETRY_MS = 500;

/**
 * Builds the dashboard: `GET /` is the page (text and JSON by `Accept`), `GET /events` the stream of what changes on it
 * (server-sent events, WHATWG HTML section 9.2).
 */
export function createDashboard({ access, feed, isDraining }: DashboardOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(dashboardAccess(access));

  app.get('/', async (c) => {
    const snapshot = await feed.snapshot();
    const html = () => dashboardPage(snapshot, c.var.page);
    return negotiate(c, { text: dashboardText(snapshot), json: snapshot, html });
  });

  app.get('/events', (c) => {
    // Nginx would gather the events and send them in lumps.
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (stream) => {
      await stream.write(`retry: ${RETRY_MS}\n\n`);
      let last = '';
      // A replica that drains ends its streams: their browsers go on at another one.
      while (!stream.aborted && !stream.closed && !isDraining()) {
        const event = await feed.event();
        if (event !== last) await stream.write(event);
        last = event;
        await stream.sleep(feed.intervalMs);
      }
    });
  });

  return app;
}
