import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ResolveClient } from '../app/client/client-info.ts';
import type { AppEnv } from '../app/env.ts';
import { sendError, sendMiddlewareError } from '../app/http/error-response.ts';
import { openEventStream } from '../app/http/event-stream.ts';
import { NOSNIFF } from '../app/http/nosniff.ts';
import { answerUnhandled } from '../app/http/unhandled.ts';
import { type AssetTexts, assetsVersion, createAssetHref } from '../app/pages/assets.ts';
import { serveAssets } from '../app/routes/assets.ts';
import { createDashboard, type DashboardOptions } from '../app/routes/dashboard.ts';
import { createHealth } from '../app/routes/health.ts';

export interface DashboardAppOptions extends DashboardOptions {
  resolveClient: ResolveClient;
  /** Called with each response that is an event stream, before it is sent. */
  onEventStream: (c: Context) => void;
  /** The files that pages load. */
  assets: AssetTexts;
}

/** Creates the HTTP side of the service: the dashboard, its assets and health checks, at the same paths as at a replica. */
export function createDashboardApp(options: DashboardAppOptions): Hono<AppEnv> {
  const { resolveClient, onEventStream, assets, ...dashboard } = options;
  const { log, isDraining } = dashboard;
  const version = assetsVersion(assets);
  const page = { asset: createAssetHref(version), hasVisits: false, hasDashboard: true };
  const app = new Hono<AppEnv>();

  app.use(async function stampService(c, next) {
    c.set('client', resolveClient(c));
    c.set('page', page);
    await next();
    c.res.headers.set(...NOSNIFF);
    openEventStream(c, onEventStream);
  });
  app.get('/', (c) => c.redirect('/dashboard'));
  app.route('/dashboard', createDashboard(dashboard));
  app.route('/', createHealth({ isDraining, checkWritable: async () => {} }));
  app.route('/', serveAssets({ texts: assets, version }));

  app.notFound(answerUnhandled(app, sendError, 'This path was not found. The dashboard is at /dashboard.'));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return sendMiddlewareError(c, error);
    log.error({ err: error }, 'unexpected error');
    return sendError(c, 500, 'Something went wrong.');
  });
  return app;
}
