import { fileURLToPath } from 'node:url';
import { serverId } from '../app/affinity/server-id.ts';
import { NO_CLIENT_LIMITS } from '../worker/host/no-client-limits.ts';
import { assertPortFree } from './free-port.ts';
import type { ClusterOptions } from './options.ts';
import { createSupervisedProcess, type SupervisedProcess } from './supervised-process.ts';

const REPLICA_SCRIPT = fileURLToPath(new URL('../origin/main.ts', import.meta.url));
const EDGE_SCRIPT = fileURLToPath(new URL('../worker/host/main.ts', import.meta.url));

/**
 * No peer is ever marked unavailable. On loopback a dead peer refuses connections at once, which costs nothing. An
 * outage of the database, which all replicas answer with 503, would otherwise leave the edge without a peer when the
 * database is back.
 */
const PEER_PARAMETERS = 'max_fails=0';

export interface ClusterDeps {
  options: ClusterOptions & { edgeMetricsPort: number };
  /** Called with each line of the processes' output and of news about them. */
  say: (line: string) => void;
}

/** Replicas and edge on this machine, as processes that are restarted when they end. */
export interface Cluster {
  /** Undefined without an edge. */
  edge: { url: string; pid(): number | undefined } | undefined;
  replicas: { url: string; sid: string; pid(): number | undefined }[];
  /** @throws when a port is in use or a process does not start */
  start(): Promise<void>;
  /** Lets the replicas finish their requests in flight, then closes the edge. */
  stop(): Promise<void>;
  kill(): void;
}

export function createCluster({ options, say }: ClusterDeps): Cluster {
  const ports = Array.from({ length: options.replicas }, (_, index) => ({
    port: options.replicaPort + index,
    metricsPort: options.metricsPort === undefined ? undefined : options.metricsPort + index,
  }));

  function supervise(name: string, script: string, childEnv: Record<string, string | undefined>): SupervisedProcess {
    return createSupervisedProcess({
      name,
      script,
      env: childEnv,
      onOutput: (line) => say(`${name}  ${line}`),
      onExit: (how, restartInMs) => say(`${name} ${how}; starting it again in ${restartInMs} ms`),
      onRestart: (pid) => say(`${name} is back, pid ${pid}`),
    });
  }

  const replicas = ports.map(({ port, metricsPort }) => {
    const address = `127.0.0.1:${port}`;
    const settings = {
      APP_FOLDER: options.app.folder,
      HOST: '127.0.0.1',
      PORT: `${port}`,
      SERVER_IP: '127.0.0.1',
      SERVER_ROUTE: undefined,
      METRICS_PORT: metricsPort?.toString(),
      // The environment's setting is for the program that clients reach first: the edge, if there is one.
      ...(options.port !== undefined && {
        TRUST_PROXY: 'nginx from loopback',
        TRUSTED_PROXIES: undefined,
        EDGE_METRICS: `127.0.0.1:${options.edgeMetricsPort}`,
      }),
    };
    // The edge does not poll /readyz, so a replica behind it gains nothing from waiting before it stops listening.
    const drainNotice = options.port === undefined ? {} : { DRAIN_NOTICE_MS: '0' };
    const child = supervise(`replica ${address}`, REPLICA_SCRIPT, {
      LOG_LEVEL: 'warn',
      ...drainNotice,
      ...options.env,
      ...settings,
    });
    return { port, metricsPort, address, sid: serverId(address), child };
  });

  const edge = options.port === undefined ? undefined : edgeOn(options.port);

  function edgeOn(port: number) {
    const child = supervise('edge', EDGE_SCRIPT, {
      // All clients are on this machine, so the edge sees them as one.
      ...NO_CLIENT_LIMITS,
      ACCESS_LOG: 'false',
      ...options.env,
      APP_FOLDER: options.app.folder,
      PORT: `${port}`,
      METRICS_PORT: `${options.edgeMetricsPort}`,
      ORIGINS: replicas.map(({ address }) => `http://${address} ${PEER_PARAMETERS}`).join('\n'),
    });
    return { port, child, url: `http://127.0.0.1:${port}` };
  }

  return {
    edge: edge && { url: edge.url, pid: edge.child.pid },
    replicas: replicas.map(({ address, sid, child }) => ({ url: `http://${address}`, sid, pid: child.pid })),
    async start() {
      if (edge) {
        await assertPortFree(edge.port, 'for the edge (--port takes another)');
        await assertPortFree(options.edgeMetricsPort, "for the edge's metrics (--metrics-port takes others)");
      }
      for (const { port, metricsPort } of replicas) {
        await assertPortFree(port, 'for a replica (--replica-port takes others)');
        if (metricsPort !== undefined) await assertPortFree(metricsPort, 'for metrics (--metrics-port takes others)');
      }
      await Promise.all([...replicas, ...(edge ? [edge] : [])].map(({ child }) => child.start()));
    },
    async stop() {
      await Promise.all(replicas.map(({ child }) => child.stop(options.stopTimeoutMs)));
      await edge?.child.stop(options.stopTimeoutMs);
    },
    kill() {
      for (const { child } of replicas) child.kill();
      edge?.child.kill();
    },
  };
}
