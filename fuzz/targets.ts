import { TEST_APP_FOLDER } from '../testkit/app/folder.ts';
import { startNginxFront } from '../testkit/fronts/nginx.ts';
import { freePortRange } from '../testkit/network/free-ports.ts';
import { listeners } from '../testkit/processes/listeners.ts';
import { bundleEdge } from '../worker/host/bundle.ts';
import { findWorkerd } from '../worker/host/find-workerd.ts';
import { runEdge } from '../worker/host/workerd.ts';
import { startCanary } from './canary.ts';
import { generate } from './generators/generate.ts';
import { generateHttp2 } from './http2/generate.ts';
import type { Input, Surroundings } from './input.ts';
import { isWithoutControls, logLineProblem } from './log-line.ts';
import { type Replicas, startReplicas } from './replicas.ts';
import { startWebSocketPeer } from './web-socket-peer.ts';
import type { Contained } from './withstand.ts';

/** A server that receives the inputs, with everything behind it. */
export interface Target {
  name: TargetName;
  port: number;
  generate(seed: number, index: number, surroundings: Surroundings): Input;
  surroundings: Surroundings;
  replicas: Replicas;
  /**
   * Returns how many responses with this status the target itself may send because it does not support something in
   * these bytes. Only statuses from 500 on.
   */
  refusals(status: number, requests: Buffer): number;
  /** Returns what is wrong with the target: processes that ended, unexpected log lines, connections to the canary. */
  problems(): string[];
  /** The processes whose memory must not grow. */
  pids: number[];
  /** The same processes, grouped as in the stack's containers. */
  contained: Contained[];
  close(): Promise<void>;
}

/** `http2` is Nginx with inputs in HTTP/2. */
export const TARGET_NAMES = ['origin', 'worker', 'nginx', 'http2'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** Memory of a container in the stack: `ORIGIN_MEMORY`, `EDGE_MEMORY` and `NGINX_MEMORY`. */
const REPLICA_BYTES = 256 * 1024 * 1024;
const FRONT_BYTES: Readonly<Record<TargetName, number>> = {
  origin: REPLICA_BYTES,
  worker: 512 * 1024 * 1024,
  nginx: 768 * 1024 * 1024,
  http2: 768 * 1024 * 1024,
};

const WEB_SOCKET_SID = 'fuzz-web-socket';

/** Starts a target with a database of its own. */
export async function startTarget(name: TargetName): Promise<Target> {
  const canary = await startCanary();
  const replicas = await startReplicas(name === 'origin' ? 1 : 2);
  const webSocketPeer = await startWebSocketPeer(replicas.ledger.add);
  // The peer for WebSockets drains: it gets only clients with its cookie.
  const peers = [...replicas.urls, `${webSocketPeer.url} route=${WEB_SOCKET_SID} drain`];
  const front = await FRONTS[name](peers, replicas);
  const ports = new Map(replicas.urls.map((url, nth) => [Number(new URL(url).port), `replica ${nth + 1}`]));
  if (name !== 'origin') ports.set(front.port, 'the front');
  const contained: Contained[] = [];
  for (const [port, of] of ports) {
    contained.push({
      name: of,
      pids: await listeners(port),
      limitBytes: port === front.port ? FRONT_BYTES[name] : REPLICA_BYTES,
    });
  }
  return {
    name,
    port: front.port,
    generate: name === 'http2' ? generateHttp2 : generate,
    surroundings: {
      canary: canary.address,
      sids: [...replicas.sids, WEB_SOCKET_SID],
      webSocketSid: WEB_SOCKET_SID,
    },
    replicas,
    refusals: front.refusals,
    pids: [...new Set(contained.flatMap(({ pids }) => pids))],
    contained,
    problems: () => [
      ...replicas.ended(),
      ...replicas.ledger.problems,
      ...front.problems(),
      ...(canary.connections() > 0 ? [`${canary.connections()} connections to an address that is not a peer`] : []),
    ],
    async close() {
      await front.close();
      await Promise.all([webSocketPeer.close(), replicas.close()]);
      canary.close();
    },
  };
}

interface StartedFront {
  port: number;
  refusals: Target['refusals'];
  problems(): string[];
  close(): Promise<void>;
}

const FRONTS: Record<TargetName, (peers: string[], replicas: Replicas) => Promise<StartedFront>> = {
  origin: async (_peers, { urls }) => ({
    port: Number(new URL(urls[0] as string).port),
    refusals: () => 0,
    problems: () => [],
    async close() {},
  }),
  worker: startWorker,
  nginx: (peers) => startNginx(peers, false),
  http2: (peers) => startNginx(peers, true),
};

/** Patterns in the input for which the target may respond with a status from 500 on. */
type Refusals = Record<number, RegExp>;

function countOf(what: RegExp | undefined, requests: Buffer): number {
  return what ? (requests.toString('latin1').match(what)?.length ?? 0) : 0;
}

/** The runtime responds with these to a tunnel and to an unknown method. */
const EDGE_REFUSALS: Refusals = { 500: /CONNECT /g, 501: /[^\r\n]+/g };
const NGINX_REFUSALS: Refusals = { 501: /transfer-encoding/gi, 505: /HTTP\/(?!1\.[01]\s)/g };

/** The runtime's log lines about tunnels and about frames that violate the WebSocket protocol. */
const OF_THE_RUNTIME = /connect event but we lack a handler|export a connect\(\)|WebSocket protocol error/;

async function startWorker(peers: string[]): Promise<StartedFront> {
  const port = await freePortRange(1);
  const problems: string[] = [];
  const edge = await runEdge({
    workerd: findWorkerd(),
    bundle: await bundleEdge(TEST_APP_FOLDER),
    port,
    vars: { ORIGINS: peers.join('\n'), ACCESS_LOG: 'false' },
    // As long as the replicas are healthy, the edge has nothing to log.
    onLog: (line) => (OF_THE_RUNTIME.test(line) && isWithoutControls(line)) || problems.push(line),
  });
  let isClosing = false;
  void edge.exited.then((code) => {
    if (!isClosing) problems.push(`the edge ended with code ${code}`);
  });
  return {
    port,
    refusals: (status, requests) => countOf(EDGE_REFUSALS[status], requests),
    problems: () => problems,
    async close() {
      isClosing = true;
      await edge.close();
    },
  };
}

/** Nginx's log lines about clients only. */
const OF_CLIENTS = /\[(info|notice|warn)\]|client (sent|intended|prematurely)|^\/docker-entrypoint|SSL_/;

async function startNginx(peers: string[], isHttp2: boolean): Promise<StartedFront> {
  const problems: string[] = [];
  const front = await startNginxFront(
    { peers, connectTimeoutMs: 1000, readTimeoutMs: 10_000, cookieSecure: false },
    {
      isHttp2,
      onAccess(line) {
        const problem = logLineProblem(line);
        if (problem !== undefined) problems.push(`${problem}: ${JSON.stringify(line.toString('latin1'))}`);
      },
    },
  );
  return {
    port: Number(new URL(front.url).port),
    refusals: (status, requests) => countOf(NGINX_REFUSALS[status], requests),
    problems: () => [
      ...problems,
      ...front.logs.filter((line) => !isWithoutControls(line) || (/\[\w+\]/.test(line) && !OF_CLIENTS.test(line))),
    ],
    close: front.close,
  };
}
