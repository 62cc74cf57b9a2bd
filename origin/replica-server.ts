import { setImmediate } from 'node:timers/promises';
import { createApp } from '../app/app.ts';
import { createEdgeReader } from '../app/dashboard/edge-reader.ts';
import { createDashboardFeed } from '../app/dashboard/feed.ts';
import { failWhileAway } from '../app/lib/known-away.ts';
import type { Log } from '../app/lib/log.ts';
import { createPurgeRounds } from '../app/lib/purge-rounds.ts';
import { singleFlight } from '../app/lib/single-flight.ts';
import { StoreUnavailableError } from '../app/lib/store-errors.ts';
import { waitAtMost } from '../app/lib/wait-at-most.ts';
import type { ReplicaRegistry } from '../app/replicas/registry.ts';
import type { RequestObserver } from '../app/replicas/request-event.ts';
import { createSnapshotReader } from '../app/replicas/snapshot.ts';
import type { Route } from '../app/routes/route.ts';
import type { SessionStore } from '../app/sessions/session-store.ts';
import type { StoredAppDatabase } from '../app/storage/stored-app-database.ts';
import { createGroupCommit } from '../app/visits/group-commit.ts';
import { createRetention } from '../app/visits/retention.ts';
import type { VisitStore } from '../app/visits/visit.ts';
import { resolveClientBySocket } from './client-address.ts';
import { answerClientErrors, continueInTurn } from './client-errors.ts';
import type { OriginConfig } from './config.ts';
import { type LimitConnectionsOptions, limitConnections } from './connection-limits.ts';
import { createDrain, type DrainResult } from './drain.ts';
import { createEventStreams } from './event-streams.ts';
import { createHttpServer } from './http-server.ts';
import { listen } from './listen.ts';
import type { Metrics } from './metrics/metrics.ts';
import { createMetricsServer } from './metrics/server.ts';
import { readAssets } from './read-assets.ts';
import { limitRequests } from './request-limits.ts';
import { createSelfReport } from './self-report.ts';
import { createOriginSessions } from './sessions.ts';
import { createWebSockets } from './web-sockets.ts';

/** Maximum size of request headers: a little more than the 64 KiB that Nginx passes on, plus the headers that Nginx adds. */
const MAX_HEADER_BYTES = 72 * 1024;

/** Maximum size of the headers of all requests in flight together; documented in docs/limits.md. */
const MAX_HEADER_BYTES_IN_FLIGHT = 8 * 1024 * 1024;

/** A reached limit is logged at most this often. */
const FULL_LOG_INTERVAL_MS = 10_000;

/** How often Node closes connections that have timed out. */
const TIMEOUT_CHECK_INTERVAL_MS = 1000;

/** Longer than balancers keep idle connections, so that the balancer closes them, and never during a request. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

export interface ReplicaServerOptions {
  config: OriginConfig;
  routes: readonly Route[];
  /** The values of the routes' own settings, by name. */
  appSettings: Readonly<Record<string, unknown>>;
  store: VisitStore;
  replicas: ReplicaRegistry;
  sessionStore: SessionStore;
  appDatabase: StoredAppDatabase;
  /** Whether the database was unavailable when it was opened. False by default. */
  isDatabaseAway?: boolean;
  log: Log;
  /** Set together with the configuration's `metricsPort`. */
  metrics?: Metrics | undefined;
}

/** One replica of the origin on Node. */
export interface ReplicaServer {
  /** @throws {ListenError} when the port is taken or the address is not one of this machine's */
  listen(): Promise<void>;
  /** Finishes what is in flight, then closes connections and store. If work stays unfinished, the store is left open. */
  drain(): Promise<DrainResult>;
}

export function createReplicaServer(options: ReplicaServerOptions): ReplicaServer {
  const { config, routes, appSettings, store, replicas, sessionStore, appDatabase, log, metrics } = options;
  const { isDatabaseAway = false } = options;
  const isDraining = () => drain.isDraining();
  const selfReport = createSelfReport({ server: config.server, replicas, isDraining, isDatabaseAway, log });
  const groupCommit = createGroupCommit({
    commit: failWhileAway(selfReport, store.commit),
    queueLimit: config.visitQueueLimit,
    inDoubtTimeoutMs: config.inDoubtTimeoutMs,
    beforeBatch: () => setImmediate(),
  });
  const count = failWhileAway(selfReport, singleFlight(store.count));
  const list = failWhileAway(selfReport, replicas.list);
  const { accessLogRetentionMs: retentionMs } = config;
  const retention =
    retentionMs === undefined
      ? undefined
      : createRetention({ purge: store.purge, count: store.count, retentionMs, log });
  const sessions = createOriginSessions({
    config: config.sessions,
    store: sessionStore,
    database: selfReport,
    inDoubtTimeoutMs: config.inDoubtTimeoutMs,
    log,
  });
  selfReport.watchSessions(sessions);
  const countVisits = routes.some(({ countsVisits }) => countsVisits) ? count : undefined;
  const onceKeys = createPurgeRounds({
    beginRound: async () => failWhileAway(selfReport, appDatabase.purge),
    onRemoved: (rows) => log.info({ rows }, 'old keys of once removed'),
  });
  const eventStreams = createEventStreams((response) => drain.markEndless(response));
  const webSockets = createWebSockets();
  const app = createApp({
    routes,
    upgradeWebSocket: webSockets.upgradeWebSocket,
    server: config.server,
    visits: {
      record: metrics?.watchRecord(groupCommit.record) ?? groupCommit.record,
      count,
      // The report that the replica writes every second is the check. A check per request would let any client load the
      // database.
      async checkWritable() {
        if (!(await selfReport.isDatabaseWritable())) throw new StoreUnavailableError('the last report failed');
      },
    },
    sessions: sessions.deps,
    db: appDatabase,
    settings: appSettings,
    resolveClient: resolveClientBySocket(config.trust, log),
    log,
    dashboard: {
      access: config.dashboard,
      feed: createDashboardFeed({
        readSnapshot: createSnapshotReader({
          count: countVisits,
          replicas: { list },
          readEdge: config.edgeMetrics && createEdgeReader(config.edgeMetrics),
        }),
      }),
    },
    assets: readAssets(),
    logLinesPerSecond: config.logLinesPerSecond,
    observe: metrics ? notifyAll(selfReport.observe, metrics.observe) : selfReport.observe,
    onEventStream: eventStreams.watch,
    isDraining,
    isClosing: () => drain.isClosing(),
    isDatabaseRecovering: selfReport.isRecovering,
  });
  webSockets.findPaths(app);
  const serverOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    headersTimeout: config.headerTimeoutMs,
    requestTimeout: config.requestTimeoutMs,
    connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
  };
  const server = createHttpServer(app.fetch, serverOptions, webSockets);
  const { trust, connectionLimits: limits } = config;
  limitRequests({ server, trust, perClient: limits.perClient, headerBytes: MAX_HEADER_BYTES_IN_FLIGHT });
  limitConnections({ server, trust, limits, onFull: logFullLimits(log) });
  answerClientErrors(server);
  continueInTurn(server);
  const drain = createDrain({
    server,
    commits: [groupCommit, sessions.changes],
    timeoutMs: config.drainTimeoutMs,
    noticeMs: config.drainNoticeMs,
    onClosing() {
      eventStreams.end();
      webSockets.close();
    },
  });
  metrics?.watchReplica({
    visits: groupCommit,
    queueLimit: config.visitQueueLimit,
    isDraining,
    isReporting: selfReport.isReporting,
    replicas,
  });
  metrics?.watchSessions(sessions);
  const metricsServer = metrics && createMetricsServer(metrics);

  return {
    async listen() {
      if (config.metricsPort !== undefined) await metricsServer?.listen(config.metricsPort, config.host);
      await listen(server, config.port, config.host);
      selfReport.start();
      retention?.start();
      sessions.start();
      onceKeys.start();
    },
    async drain() {
      const endsAtMs = performance.now() + config.drainTimeoutMs;
      const drained = drain.start();
      const purgesStopped = Promise.all([retention?.stop(), onceKeys.stop()]);
      void selfReport.beat();
      const unfinished = await drained;
      webSockets.terminate();
      // The timeout has passed. Closing the store would wait for the connections that are still busy.
      if (unfinished.requests > 0 || unfinished.commits > 0) return unfinished;
      // A database that hangs must not delay the exit beyond the timeout: all that is left is to report that the replica has
      // stopped.
      await waitAtMost(shutDown(), endsAtMs - performance.now());
      return unfinished;

      async function shutDown(): Promise<void> {
        await selfReport.stop();
        await purgesStopped;
        await sessions.stop();
        await store.close();
        // Closed last, so that metrics stay available during the drain.
        await metricsServer?.close();
      }
    },
  };
}

/** Logs reached limits at a bounded rate: a client that reaches one keeps trying. */
function logFullLimits(log: Log): LimitConnectionsOptions['onFull'] {
  let loggedAtMs = Number.NEGATIVE_INFINITY;
  return (limit, remoteAddress) => {
    const nowMs = performance.now();
    if (nowMs - loggedAtMs < FULL_LOG_INTERVAL_MS) return;
    loggedAtMs = nowMs;
    log.warn({ limit, remoteAddress }, 'connection rejected: limit reached');
  };
}

function notifyAll(first: RequestObserver, second: RequestObserver): RequestObserver {
  return (request) => {
    first(request);
    second(request);
  };
}
