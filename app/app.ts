import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { type AffinityVerdict, affinityVerdict } from './affinity/verdict.ts';
import { moorClientId } from './client/client-id.ts';
import type { ResolveClient } from './client/client-info.ts';
import type { DashboardAccess } from './dashboard/access.ts';
import type { DashboardFeed } from './dashboard/feed.ts';
import type { AppEnv, ReplicaIdentity } from './env.ts';
import { sendError, sendMiddlewareError } from './http/error-response.ts';
import { createKeepAffinity } from './http/keep-affinity.ts';
import { answerOtherMethods } from './http/method-not-allowed.ts';
import { NOSNIFF } from './http/nosniff.ts';
import { isPrefetch } from './http/prefetch.ts';
import { requestLog } from './http/request-log.ts';
import { respond } from './http/respond.ts';
import type { Log } from './lib/log.ts';
import { type AssetTexts, assetsVersion, createAssetHref } from './pages/assets.ts';
import type { PageContext } from './pages/layout.ts';
import { visitPage } from './pages/visit-page.ts';
import type { RequestObserver } from './replicas/request-event.ts';
import { serveAssets } from './routes/assets.ts';
import { createDashboard } from './routes/dashboard.ts';
import { createLetGo } from './routes/release.ts';
import { publicError } from './visits/errors.ts';
import type { Visit } from './visits/visit.ts';

export interface AppDeps {
  server: ReplicaIdentity;
  visits: {
    /** Counts a visit and answers its number once it is committed. */
    record(visit: Visit): Promise<number>;
    /** How many visits were ever counted. */
    count(): Promise<number>;
    /** Checks that visits can be committed, and throws the error they would meet. */
    checkWritable(): Promise<void>;
  };
  resolveClient: ResolveClient;
  /** The verdict on every request, where it is not the cookie's to tell. */
  affinity?: AffinityVerdict;
  log: Log;
  /** The dashboard, and who may see it. */
  dashboard: { access: DashboardAccess; feed: DashboardFeed };
  /** What pages load. */
  assets: AssetTexts;
  /** Is told of each request. */
  observe?: RequestObserver;
  /** Is told of a client that let go of its mooring. */
  letGo?: (clientId: string) => void;
  /** Whether this replica is about to stop and wants no new clients. */
  isDraining?: () => boolean;
  /** Whether it takes no new connections, so that each response is to be the last one on its connection. */
  isClosing?: () => boolean;
  /** Whether the database is unavailable, or has been available again for so short a time that other replicas may not use it yet. */
  isDatabaseRecovering?: () => boolean;
  /** How many lines one client may cause in the log each second in the long run; undefined for any number. */
  logLinesPerSecond?: number | undefined;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
}

/**
 * Builds the app that counts visits. It uses neither Node's nor Workers' APIs, so that the same handlers run in an origin
 * replica and at the edge; what differs between them comes in as `deps`.
 *
 * @example
 * const app = createApp({ server, visits: createGroupCommit({ commit, queueLimit: 10_000 }), resolveClient, log });
 * await app.request('/showcount');
 */
export function createApp(deps: AppDeps): Hono<AppEnv> {
  const { server, visits, resolveClient, affinity, log, dashboard, assets } = deps;
  const {
    observe = () => {},
    letGo = () => {},
    isDraining = () => false,
    isClosing = () => false,
    isDatabaseRecovering = () => false,
  } = deps;
  const { nowMs = Date.now, logLinesPerSecond } = deps;
  const keepAffinity = createKeepAffinity(nowMs);
  const version = assetsVersion(assets);
  const page: PageContext = { asset: createAssetHref(version), hasDashboard: dashboard.access.kind !== 'off' };
  const app = new Hono<AppEnv>();

  app.use(requestLog({ log, observe, linesPerSecond: logLinesPerSecond }));
  app.use(async function stampReplica(c, next) {
    c.set('client', resolveClient(c));
    c.set('page', page);
    c.set('affinity', affinity ?? affinityVerdict(c.req.header('Cookie'), server.sid));
    await next();
    // Not by `c.header`, which makes a finished answer anew for each.
    const { headers } = c.res;
    headers.set('X-Request-ID', c.get('client').requestId);
    headers.set('X-Served-By', server.address);
    headers.set('X-Affinity', c.get('affinity'));
    headers.set(...NOSNIFF);
    if (c.get('affinity') === 'moved' && (c.res.status === 503 || isDatabaseRecovering())) keepAffinity(c);
    // RFC 9112 section 9.6: the balancer is to open its next connection elsewhere.
    if (isClosing()) headers.set('Connection', 'close');
  });
  app.use(answerOtherMethods(app, sendError));

  app.get('/', async (c) => {
    const { requestId, clientIp } = c.get('client');
    const visit: Visit = { requestId, clientIp, serverIp: server.ip, sid: server.sid };
    const timeMs = nowMs();
    // Hono runs a GET handler for HEAD too, and a HEAD is no visit.
    if (c.req.method !== 'GET') return respond(c, { text: server.ip, json: {} });
    // Browsers load what nobody has asked for yet, and come again when somebody does.
    if (isPrefetch(c)) return sendError(c, 425, 'This counts a visit: it is not to be fetched ahead of one.');

    const number = await visits.record(visit);
    c.set('visit', { number, timeMs, requestId, clientId: moorClientId(c) });
    const json = {
      visit: number,
      server: { ip: server.ip, address: server.address, sid: server.sid },
      client: { ip: clientIp },
      time: new Date(timeMs).toISOString(),
      affinity: c.get('affinity'),
      requestId,
    };
    const html = () => visitPage({ number, timeMs, affinity: c.get('affinity'), requestId, server }, page);
    return respond(c, { text: server.ip, json, html });
  });

  app.route('/let-go', createLetGo({ letGo }));

  app.get('/showcount', async (c) => {
    const count = await visits.count();
    return respond(c, { text: `${count}`, json: { count } });
  });

  app.get('/healthz', (c) => respond(c, { text: 'ok', json: { status: 'ok' } }));

  app.get('/readyz', async (c) => {
    if (isDraining()) {
      c.header('Connection', 'close');
      return respond(c, { text: 'draining', json: { status: 'draining' } }, 503);
    }
    await visits.checkWritable();
    return respond(c, { text: 'ready', json: { status: 'ready' } });
  });

  app.route('/', serveAssets({ texts: assets, version }));

  const { access, feed } = dashboard;
  if (access.kind !== 'off') app.route('/dashboard', createDashboard({ access, feed, isDraining, log }));

  app.notFound((c) => sendError(c, 404, 'There is nothing at this path.'));

  app.onError((error, c) => {
    if (error instanceof HTTPException) return sendMiddlewareError(c, error);
    const { status, message, retryAfterSeconds } = publicError(error);
    if (retryAfterSeconds !== undefined) c.header('Retry-After', `${retryAfterSeconds}`);
    // A failure the table knows was logged where it happened, once for all the visits it hit.
    if (status === 500) log.error({ requestId: c.get('client')?.requestId, err: error }, 'unexpected error');
    return sendError(c, status, message);
  });

  return app;
}
