import { createEdgeReader } from '../app/dashboard/edge-reader.ts';
import { createDashboardFeed } from '../app/dashboard/feed.ts';
import type { Log } from '../app/lib/log.ts';
import { takeSnapshot } from '../app/replicas/snapshot.ts';
import { resolveClientBySocket } from '../origin/client-address.ts';
import { answerClientErrors } from '../origin/client-errors.ts';
import { createDrain } from '../origin/drain.ts';
import { createEventStreams } from '../origin/event-streams.ts';
import { createHttpServer } from '../origin/http-server.ts';
import { listen } from '../origin/listen.ts';
import { readAssets } from '../origin/read-assets.ts';
import { createRecentLatency } from '../origin/recent-latency.ts';
import { createDashboardApp } from './app.ts';
import type { DashboardServiceConfig } from './config.ts';
import { followName } from './follow-name.ts';
import { createLogReceiver } from './log-receiver.ts';
import { createReplicaWatch } from './replica-watch.ts';

/** The dashboard as a service of its own. */
export interface DashboardService {
  /** @throws {ListenError} when the port is taken or the address is not one of this machine's */
  listen(): Promise<void>;
  /** Ends the event streams, finishes the requests in flight and stops. */
  close(): Promise<void>;
}

/** Operators watch it, not clients. */
const MAX_CONNECTIONS = 256;
const CLOSE_TIMEOUT_MS = 3000;

/**
 * Log lines are still received when pages are no longer served, until Nginx has sent none for this long: it looks for the service
 * every two seconds, and would write into its error log for each line that is not received.
 */
const LOG_QUIET_MS = 4000;
const LOG_TIMEOUT_MS = 20_000;

export function createDashboardService(config: DashboardServiceConfig, log: Log): DashboardService {
  const watch = createReplicaWatch({ createLatency: createRecentLatency });
  const logReceiver = createLogReceiver(watch.observe);
  const names = followName({ ...config.replicas, onAddresses: watch.listed });
  const readEdge = config.edgeMetrics && createEdgeReader(config.edgeMetrics);
  const readSnapshot = async () => {
    const edge = await readEdge?.();
    return { ...takeSnapshot(undefined, watch.replicas(), Date.now(), watch.unanswered()), ...(edge && { edge }) };
  };
  const eventStreams = createEventStreams((response) => drain.markEndless(response));
  const app = createDashboardApp({
    access: config.access,
    feed: createDashboardFeed({ readSnapshot }),
    isDraining: () => drain.isDraining(),
    log,
    resolveClient: resolveClientBySocket({ preset: 'none' }, log),
    onEventStream: eventStreams.watch,
    assets: readAssets(),
  });
  const server = createHttpServer(app.fetch);
  server.maxConnections = MAX_CONNECTIONS;
  answerClientErrors(server);
  const timeoutMs = CLOSE_TIMEOUT_MS;
  const drain = createDrain({ server, commits: [], timeoutMs, idleGraceMs: 0, onClosing: eventStreams.end });

  return {
    async listen() {
      // First, because balancers send their lines as soon as the service accepts connections.
      await logReceiver.listen(config.port, config.host);
      names.start();
      await listen(server, config.port, config.host);
    },
    async close() {
      await Promise.all([drain.start(), names.stop(), logReceiver.quiet(LOG_QUIET_MS, LOG_TIMEOUT_MS)]);
      logReceiver.close();
    },
  };
}
