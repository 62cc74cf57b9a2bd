import { waitUntil } from 'cloudflare:workers';
import type { Hono } from 'hono';
import { upgradeWebSocket } from 'hono/cloudflare-workers';
import { createAffinityCookie } from '../app/affinity/set-cookie.ts';
import { type AppDeps, createApp } from '../app/app.ts';
import { createClientResolver } from '../app/client/client-info.ts';
import { createDashboardFeed } from '../app/dashboard/feed.ts';
import type { AppEnv } from '../app/env.ts';
import { createMonotonicClock } from '../app/lib/monotonic-clock.ts';
import { createQuietLog } from '../app/lib/quiet-log.ts';
import { SettingsError } from '../app/lib/settings.ts';
import type { EdgeReport } from '../app/replicas/edge-report.ts';
import { createSnapshotReader } from '../app/replicas/snapshot.ts';
import type { Route } from '../app/routes/route.ts';
import { createDirectAccess } from '../app/sessions/session-access.ts';
import { createSessionStats } from '../app/sessions/session-stats.ts';
import { assets } from './assets.ts';
import { createBalancer } from './balancer/balancer.ts';
import { createEdgeFigures } from './balancer/edge-figures.ts';
import { createRequestLimits } from './balancer/request-limits.ts';
import type { WorkerConfig } from './config.ts';
import { connectionAddress } from './connection-address.ts';
import { createConsoleLog } from './console-log.ts';
import { openD1, openMysql, type WorkerDatabase } from './database/open.ts';
import type { DatabaseBinding } from './database/server-login.ts';
import { createTakeover } from './takeover.ts';
import { discoverPeers } from './upstream/discovery.ts';
import { createPeersReader } from './upstream/peers-service.ts';
import { createUpstream } from './upstream/upstream.ts';

/** The worker's bindings, in addition to its variables. */
export interface EdgeBindings {
  /** Stores visits when there are no peers. */
  DB?: D1Database;
  /** The replicas' MySQL. Stores visits when there are no peers, and when no peer can answer. */
  HYPERDRIVE?: Hyperdrive;
  /** The same, where there is no Hyperdrive and the server has several hosts or is reached by TLS. */
  DATABASE?: DatabaseBinding;
  /** Service that returns the current peers at `GET /`. Replaces `ORIGINS`. */
  PEERS?: Fetcher;
}

export interface EdgeOptions {
  config: WorkerConfig;
  bindings: EdgeBindings;
  /** The app's routes, for the handlers that run in the worker. */
  routes: readonly Route[];
  /** The values of the routes' own settings, by name. */
  appSettings: Readonly<Record<string, unknown>>;
}

export interface Edge {
  app: Hono | Hono<AppEnv>;
  /** Returns what the balancer has counted. */
  report(): EdgeReport;
}

/** Request lines that one client may cause, the same number as a replica's default. */
const LOG_LINES_PER_SECOND = 20;

/** The worker has no address of its own: it runs close to the client. */
const EDGE = { ip: 'edge', address: 'edge', sid: 'edge' };

/**
 * Creates what the worker serves: a balancer in front of the peers of `ORIGINS` or `PEERS`. Without peers, the
 * handlers themselves, on MySQL or D1.
 *
 * @throws {SettingsError} when there is neither a peer nor a database
 */
export function createEdge({ config, bindings, routes, appSettings }: EdgeOptions): Edge {
  const { DB, HYPERDRIVE, DATABASE, PEERS } = bindings;
  const log = createConsoleLog();
  const figures = createEdgeFigures();
  const resolveClient = createClientResolver({
    remoteAddress: connectionAddress,
    trust: config.trust,
    // Cookies for HTTPS only mean that TLS ends before the edge. Replicas then make theirs so, too.
    ...(config.cookieSecure && { ownScheme: () => 'https' as const }),
  });
  const databaseOptions = { log: createQuietLog({ log }), inDoubtTimeoutMs: config.inDoubtTimeoutMs };
  const mysqlBinding = HYPERDRIVE ?? DATABASE;
  const mysql = mysqlBinding && openMysql(mysqlBinding, databaseOptions);

  if (config.peers.length === 0 && !PEERS) {
    const database = mysql ?? (DB && openD1(DB, databaseOptions));
    if (!database)
      throw new SettingsError(['ORIGINS: expected a peer, or a binding HYPERDRIVE or DB; got none of them']);
    return { app: createApp({ ...handlersOn(database), resolveClient }), report: () => figures.report([]) };
  }

  const upstream = createUpstream(config.peers, config.tries);
  const app = createBalancer({
    upstream,
    figures,
    ...(PEERS && {
      beforeSelect: discoverPeers({ readPeers: createPeersReader(PEERS), upstream, inBackground: waitUntil, log }),
    }),
    // Never on D1: its counter is not the replicas' counter.
    ...(mysql && { takeOver: createTakeover(handlersOn(mysql)) }),
    affinityCookie: createAffinityCookie({ secure: config.cookieSecure }),
    resolveClient,
    connectTimeoutMs: config.connectTimeoutMs,
    readTimeoutMs: config.readTimeoutMs,
    bodyTimeoutMs: config.bodyTimeoutMs,
    sendTimeoutMs: config.sendTimeoutMs,
    sizes: config.sizes,
    limits: createRequestLimits(config.limits),
    log,
    ...(config.accessLog && { accessLog: { linesPerSecond: LOG_LINES_PER_SECOND } }),
  });
  return { app, report: () => figures.report(upstream.peers.map(({ address }) => address)) };

  function handlersOn({
    visits,
    replicas,
    openSessionStore,
    appDatabase,
  }: WorkerDatabase): Omit<AppDeps, 'resolveClient'> {
    const count = routes.some(({ countsVisits }) => countsVisits) ? visits.count : undefined;
    const feed = createDashboardFeed({ readSnapshot: createSnapshotReader({ count, replicas }) });
    return {
      routes,
      server: EDGE,
      visits,
      sessions: {
        ...config.sessions,
        inDoubtTimeoutMs: config.inDoubtTimeoutMs,
        access: createDirectAccess(openSessionStore(config.sessions.lifetimes)),
        stats: createSessionStats(),
        inBackground: waitUntil,
        monotonicMs: createMonotonicClock(),
      },
      db: appDatabase,
      settings: appSettings,
      dashboard: { access: config.dashboard, feed },
      assets,
      upgradeWebSocket,
      log,
      logLinesPerSecond: LOG_LINES_PER_SECOND,
    };
  }
}
