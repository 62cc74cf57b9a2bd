import { Hono } from 'hono';
import { html } from 'hono/html';
import { streamSSE } from 'hono/streaming';
import type { AppEnv } from '../../app/env.ts';
import { respond } from '../../app/http/respond.ts';
import { layout } from '../../app/pages/layout.ts';
import type { Route, RouteServices } from '../../app/routes/route.ts';
import styles from './live.css?text';

/** What a route may do beside answering at once: WebSockets, event streams, files and pages. */
export const live: Route = { path: '/live', create: createLive };

function createLive({ upgradeWebSocket, page, server }: RouteServices): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/', (c) => {
    const head = html`<link rel="stylesheet" href="/live/live.css">`;
    const main = html`<h1>Live on ${server.sid}</h1>`;
    return respond(c, { text: server.sid, json: {}, html: () => layout({ ...page, title: 'Live', head, main }) });
  });

  app.get('/live.css', (c) => c.body(styles, 200, { 'Content-Type': 'text/css' }));

  app.get(
    '/socket',
    upgradeWebSocket((c) => ({
      onMessage: ({ data }, socket) => socket.send(`${server.sid} ${c.var.affinity}: ${data}`),
    })),
  );

  // The end is the client's, or the drain's.
  app.get('/events', (c) =>
    streamSSE(c, async (stream) => {
      for (let n = 1; !stream.aborted; n++) {
        await stream.writeSSE({ event: 'tick', data: JSON.stringify({ n, sid: server.sid }) });
        await stream.sleep(Number(c.req.query('every') ?? 100));
      }
    }),
  );

  return app;
}
