import type { Server, ServerResponse } from 'node:http';
import { Server as TcpServer } from 'node:net';
import type { Batcher } from '../app/lib/batcher.ts';
import { delay } from '../app/lib/delay.ts';
import { createInFlight, type InFlight } from '../app/lib/in-flight.ts';
import { waitAtMost } from '../app/lib/wait-at-most.ts';

export interface DrainOptions {
  server: Server;
  /** What is not committed yet: visits and session changes. They are committed even when their client has disconnected. */
  commits: Pick<Batcher<never, unknown>, 'unfinished' | 'idle'>[];
  timeoutMs: number;
  /** How long the server still accepts connections after the drain has started. */
  noticeMs?: number;
  /** How long an idle connection then stays open. */
  idleGraceMs?: number;
  /** Called when the server stops listening: event streams and WebSockets end. */
  onClosing?: () => void;
}

export interface Drain {
  isDraining(): boolean;
  /** Whether no connection is accepted any more, and every response closes its connection. */
  isClosing(): boolean;
  /** Notes that a response is a stream that may have no end of its own: the drain does not wait for it. */
  markEndless(response: ServerResponse): void;
  /**
   * Drains the server, which takes `timeoutMs` at most:
   *
   * 1. For `noticeMs` it serves as before, while `/readyz` tells balancers to send no more requests.
   * 2. It stops listening. A balancer that is refused sends its request elsewhere, whatever the method. Connections that are
   *    idle stay open for `idleGraceMs`: if they were closed at once, a balancer could be sending a POST on one of them,
   *    which must not be sent twice. Each response now closes its connection, so that balancers have none left to use.
   * 3. It lets the requests in flight finish and all visits and session changes commit, then closes every connection. Endless
   *    streams have until then, and `ENDLESS_GRACE_MS` at least.
   *
   * A second call returns the promise of the first.
   *
   * @returns what was still unfinished when the timeout passed; all zero when the drain was clean
   */
  start(): Promise<DrainResult>;
}

export interface DrainResult {
  requests: number;
  /** Visits and session changes that were not committed. */
  commits: number;
}

/** Enough time for a stream to notice that it must end. A stream whose client does not read never notices. */
const ENDLESS_GRACE_MS = 1000;

/** Enough time for a busy balancer to use each of its idle connections once. */
const IDLE_GRACE_MS = 2000;

/** Creates the graceful shutdown of an HTTP server. Call it before the server's first request, because it counts requests. */
export function createDrain(options: DrainOptions): Drain {
  const { server, commits, timeoutMs, noticeMs = 0, idleGraceMs = IDLE_GRACE_MS } = options;
  const { onClosing = () => {} } = options;
  const connections = createInFlight();
  const requests = createInFlight();
  const endless = createInFlight();
  const kinds = new Map<ServerResponse, InFlight>();
  let draining: Promise<DrainResult> | undefined;
  let isClosing = false;

  server.on('connection', (socket) => {
    connections.begin();
    socket.once('close', connections.end);
  });
  server.on('request', (_request, response) => {
    requests.begin();
    kinds.set(response, requests);
    response.on('close', () => {
      kinds.get(response)?.end();
      kinds.delete(response);
    });
  });

  async function drain(): Promise<DrainResult> {
    const endsAtMs = performance.now() + timeoutMs;
    const leftMs = () => endsAtMs - performance.now();
    if (noticeMs > 0) await delay(Math.min(noticeMs, timeoutMs));
    isClosing = true;
    stopListening(server);
    onClosing();
    const streamsEnded = waitAtMost(endless.idle(), ENDLESS_GRACE_MS);
    await waitAtMost(connections.idle(), Math.min(idleGraceMs, leftMs()));
    server.closeIdleConnections();
    const committed = commits.map(({ idle }) => idle());
    await waitAtMost(Promise.all([requests.idle(), ...committed, streamsEnded]), leftMs());
    const waiting = commits.reduce((sum, { unfinished }) => sum + unfinished(), 0);
    const unfinished = { requests: requests.count(), commits: waiting };
    server.closeAllConnections();
    return unfinished;
  }

  return {
    isDraining: () => draining !== undefined,
    isClosing: () => isClosing,
    markEndless(response) {
      if (kinds.get(response) !== requests) return;
      endless.begin();
      requests.end();
      kinds.set(response, endless);
    },
    start() {
      draining ??= drain();
      return draining;
    },
  };
}

/** Stops listening without touching connections: the HTTP server's own `close` would also close idle ones. */
function stopListening(server: Server): void {
  TcpServer.prototype.close.call(server);
}
