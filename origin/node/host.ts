import { once } from 'node:events';
import type { Server } from 'node:http';
import { isIP } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { createApp } from '../app.ts';
import { createIdentifyCaller } from '../caller.ts';
import { createGroupCommit } from '../group-commit.ts';
import type { Log } from '../log.ts';
import type { VisitStore } from '../visit.ts';
import type { OriginConfig } from './config.ts';
import { createDrain, type Unfinished } from './drain.ts';

/** Request headers up to this size are taken: a client may send a lot of cookies, and they are its own affair. */
const MAX_HEADER_BYTES = 128 * 1024;

/** Longer than balancers keep an idle connection, so that it is they who close it, never in the middle of a request. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

export interface HostOptions {
  config: OriginConfig;
  store: VisitStore;
  log: Log;
}

/** One origin replica on Node. */
export interface Host {
  /** @throws the server's own error, `EADDRINUSE` for one, when it cannot listen */
  listen(): Promise<void>;
  /** Finishes what has begun, then closes connections and store; with work unfinished the store is left as it is. */
  drain(): Promise<Unfinished>;
}

export function createHost({ config, store, log }: HostOptions): Host {
  const groupCommit = createGroupCommit({
    commit: store.commit,
    queueLimit: config.visitQueueLimit,
    takeInArrived: () => setImmediate(),
  });
  const app = createApp({
    server: config.server,
    visits: { record: groupCommit.record, count: store.count },
    identifyCaller: createIdentifyCaller({
      remoteAddress,
      isTrustedProxy: config.isTrustedProxy,
      isIp: (word) => isIP(word) !== 0,
    }),
    log,
    isDraining: () => drain.isDraining(),
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
  }) as Server;
  const drain = createDrain({
    server,
    unfinishedVisits: groupCommit.unfinished,
    timeoutMs: config.drainTimeoutMs,
  });

  return {
    async listen() {
      server.listen(config.port, config.host);
      await once(server, 'listening');
    },
    async drain() {
      const unfinished = await drain.start();
      // Closing waits for what a connection is busy with; that has had its time.
      if (unfinished.requests === 0 && unfinished.visits === 0) await store.close();
      return unfinished;
    },
  };
}

/** The peer of the connection; an IPv4 one in IPv4's own form where the socket speaks IPv6. */
function remoteAddress(c: Context): string {
  return getConnInfo(c).remote.address?.replace(/^::ffff:(?=\d+\.)/, '') ?? '';
}
