import { waitUntil } from 'cloudflare:workers';
import type { Hono } from 'hono';
import { type AppDeps, type AppEnv, createApp } from '../origin/app.ts';
import { newRequestId } from '../origin/caller.ts';
import { SettingsError } from '../origin/settings.ts';
import { followPeers } from './affinity/follow-peers.ts';
import { createAffinityCookie } from './affinity/set-cookie.ts';
import { createUpstream } from './affinity/upstream.ts';
import { createBalancer } from './balancer.ts';
import { createClientIp } from './client-ip.ts';
import type { WorkerConfig } from './config.ts';
import { createConsoleLog } from './console-log.ts';
import { createPeersReader } from './peers-reader.ts';
import { createTakeover } from './takeover.ts';
import { createD1Visits, createMysqlVisits } from './visits.ts';

/** What the worker may be bound to beside its variables. */
export interface EdgeBindings {
  /** Keeps visits where there are no replicas. */
  DB?: D1Database;
  /** The MySQL of the replicas: keeps visits where there are none, and where none of them can answer. */
  HYPERDRIVE?: Hyperdrive;
  /** Answers `GET /` with the peers of this moment, in place of `ORIGINS`. */
  PEERS?: Fetcher;
}

/** The worker has no address of its own: it runs wherever the client is. */
const EDGE = { ip: 'edge', address: 'edge', sid: 'edge' };

/**
 * Builds what the worker serves: a balancer before the peers of `ORIGINS` or `PEERS`, or without any the handlers
 * themselves, on MySQL or on D1.
 *
 * @throws {SettingsError} when there is neither a peer nor a database
 */
export function createEdge(config: WorkerConfig, { DB, HYPERDRIVE, PEERS }: EdgeBindings): Hono | Hono<AppEnv> {
  const log = createConsoleLog();
  const clientIp = createClientIp(config.clientIp);
  const mysqlVisits = HYPERDRIVE && createMysqlVisits(HYPERDRIVE, log);

  if (config.peers.length === 0 && !PEERS) {
    const visits = mysqlVisits ?? (DB && createD1Visits(DB, log));
    if (!visits) throw new SettingsError(['ORIGINS: expected a peer, or a binding HYPERDRIVE or DB; got none of them']);
    const identifyCaller: AppDeps['identifyCaller'] = (c) => ({ clientIp: clientIp(c), requestId: newRequestId() });
    return createApp({ server: EDGE, visits, identifyCaller, log });
  }

  const upstream = createUpstream(config.peers);
  return createBalancer({
    upstream,
    ...(PEERS && {
      beforeWalk: followPeers({ readPeers: createPeersReader(PEERS), upstream, inBackground: waitUntil, log }),
    }),
    // Not on D1: visits there are other visits than the replicas'.
    ...(mysqlVisits && { takeOver: createTakeover({ server: EDGE, visits: mysqlVisits, log }) }),
    affinityCookie: createAffinityCookie({ secure: config.cookieSecure }),
    clientIp,
    connectTimeoutMs: config.connectTimeoutMs,
    readTimeoutMs: config.readTimeoutMs,
    log,
  });
}
