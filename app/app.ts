import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { readAffinityCookie } from './affinity/cookie.ts';
import { type AffinityVerdict, affinityVerdict } from './affinity/verdict.ts';
import type { ResolveClient } from './client/client-info.ts';
import type { AppEnv, AppSettings } from './env.ts';
import { sendError, sendMiddlewareError } from './http/error-response.ts';
import { openEventStream } from './http/event-stream.ts';
import { createKeepAffinity } from './http/keep-affinity.ts';
import { NOSNIFF } from './http/nosniff.ts';
import { publicError } from './http/public-error.ts';
import { requestLog } from './http/request-log.ts';
import { answerUnhandled } from './http/unhandled.ts';
import { closeOnFailure } from './http/web-socket.ts';
import { withFields } from './lib/log.ts';
import { writableHeaders } from './lib/writable-headers.ts';
import { type AssetTexts, assetsVersion, createAssetHref } from './pages/assets.ts';
import type { PageContext } from './pages/layout.ts';
import type { RequestObserver } from './replicas/request-event.ts';
import { serveAssets } from './routes/assets.ts';
import { createHealth } from './routes/health.ts';
import type { Route, RouteServices } from './routes/route.ts';
import { sessions } from './sessions/middleware.ts';
import type { SessionDeps } from './sessions/session-deps.ts';
import type { AppDatabase } from './tables/app-database.ts';

export interface AppDeps
  extends Pick<RouteServices, 'server' | 'dashboard' | 'upgradeWebSocket' | 'log'>,
    Partial<Pick<RouteServices, 'isDraining' | 'nowMs'>> {
  visits: RouteServices['visits'] & {
    /** @throws the error that a visit would fail with now, when visits cannot be committed */
    checkWritable(): Promise<void>;
  };
  sessions: SessionDeps;
  /** The database of the routes' own tables. */
  db: AppDatabase;
  /** The values of the routes' own settings, by name. */
  settings?: Readonly<Record<string, unknown>>;
  /** The app's routes, apart from health checks and assets. */
  routes: readonly Route[];
  resolveClient: ResolveClient;
  /** The verdict for every request. Without it the verdict follows from the cookie. */
  affinity?: AffinityVerdict;
  /** The files that pages load. */
  assets: AssetTexts;
  /** Called after each request. Without it, clients are not counted and get no `client_id`. */
  observe?: RequestObserver;
  /** Called with each response that is an event stream, before it is sent. */
  onEventStream?: (c: Context) => void;
  /** Whether this replica closes each connection after its next response. */
  isClosing?: () => boolean;
  /** Whether the database is unavailable, or became available so recently that other replicas may not have noticed yet. */
  isDatabaseRecovering?: () => boolean;
  /** How many log lines a second one client may cause in the long run; undefined for no limit. */
  logLinesPerSecond?: number | undefined;
}

/**
 * Creates the app. It uses neither Node's nor Workers' APIs, so that the same handlers run in an origin replica and at the
 * edge. Everything that differs between the two is passed in as `deps`.
 *
 * @example
 * const app = createApp({ routes, server, visits, sessions, db, resolveClient, dashboard, assets, log });
 * await app.request('/showcount');
 */
export function createApp(deps: AppDeps): Hono<AppEnv> {
  const { routes, server, visits, resolveClient, affinity, log, dashboard, assets } = deps;
  const { observe, isDraining = () => false, isClosing = () => false, isDatabaseRecovering = () => false } = deps;
  const { db, settings = {}, nowMs = Date.now, logLinesPerSecond, onEventStream = () => {} } = deps;
  const keepAffinity = createKeepAffinity(nowMs);
  const version = assetsVersion(assets);
  const page: PageContext = {
    asset: createAssetHref(version),
    hasVisits: routes.some(({ path, countsVisits }) => path === '/' && countsVisits),
    hasDashboard: dashboard.access.kind !== 'off' && routes.some(({ path }) => path === '/dashboard'),
  };
  const app = new Hono<AppEnv>();

  app.use(requestLog({ log, observe, linesPerSecond: logLinesPerSecond, nowMs }));
  app.use(async function stampReplica(c, next) {
    const client = resolveClient(c);
    c.set('client', client);
    c.set('log', withFields(log, { requestId: client.requestId }));
    c.set('db', db);
    c.set('settings', settings as AppSettings);
    c.set('page', page);
    c.set('affinity', affinity ?? affinityVerdict(readAffinityCookie(c.req.header('Cookie')), server.sid));
    await next();
    // Not `c.header`: it would copy the finished response for every header.
    const headers = writableHeaders(c);
    headers.set('X-Request-ID', client.requestId);
    headers.set('X-Served-By', server.address);
    headers.set('X-Affinity', c.get('affinity'));
    headers.set(...NOSNIFF);
    if (c.get('affinity') === 'moved' && (c.res.status === 503 || isDatabaseRecovering())) keepAffinity(c);
    // RFC 9112 section 9.6: makes the balancer open its next connection elsewhere.
    if (isClosing()) headers.set('Connection', 'close');
    openEventStream(c, onEventStream);
  });
  app.use(sessions(deps.sessions));

  const upgradeWebSocket = closeOnFailure(deps.upgradeWebSocket);
  const services = { server, visits, dashboard, page, upgradeWebSocket, log, isDraining, nowMs };
  for (const { path, create } of routes) {
    const handlers = create(services);
    if (handlers) app.route(path, handlers);
  }
  app.route('/', createHealth({ isDraining, checkWritable: () => visits.checkWritable() }));
  app.route('/', serveAssets({ texts: assets, version }));

  app.notFound(answerUnhandled(app, sendError, 'This path was not found.'));

  app.onError((error, c) => {
    if (error instanceof HTTPException) return sendMiddlewareError(c, error);
    const { status, message, retryAfterSeconds } = publicError(error);
    if (retryAfterSeconds !== undefined) c.header('Retry-After', `${retryAfterSeconds}`);
    // The errors that `publicError` knows were logged where they happened, once for all the visits they hit.
    if (status === 500) log.error({ requestId: c.get('client')?.requestId, err: error }, 'unexpected error');
    return sendError(c, status, message);
  });

  return app;
}
