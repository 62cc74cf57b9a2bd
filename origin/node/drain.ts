import type { Server } from 'node:http';

export interface DrainOptions {
  server: Server;
  /** How many visits are not committed yet. */
  unfinishedVisits: () => number;
  timeoutMs: number;
}

export interface Drain {
  isDraining(): boolean;
  /**
   * Stops taking connections, lets the requests in flight finish and their visits commit, then closes every connection.
   * The second call answers as the first.
   *
   * @returns what was still unfinished when the timeout passed; all zero when the drain was clean
   */
  start(): Promise<Unfinished>;
}

export interface Unfinished {
  requests: number;
  visits: number;
}

/** Builds the graceful stop of an HTTP server. Call it before the server takes its first request: it counts them. */
export function createDrain({ server, unfinishedVisits, timeoutMs }: DrainOptions): Drain {
  let requests = 0;
  let onIdle = () => {};
  let draining: Promise<Unfinished> | undefined;

  server.on('request', (_request, response) => {
    requests++;
    response.once('close', () => {
      requests--;
      if (requests === 0) onIdle();
    });
  });

  function idle(): Promise<void> {
    return new Promise((resolve) => {
      if (requests === 0) return resolve();
      onIdle = resolve;
      setTimeout(resolve, timeoutMs).unref();
    });
  }

  async function drain(): Promise<Unfinished> {
    // Also closes the connections that wait for a request.
    server.close();
    await idle();
    const unfinished = { requests, visits: unfinishedVisits() };
    server.closeAllConnections();
    return unfinished;
  }

  return {
    isDraining: () => draining !== undefined,
    start() {
      draining ??= drain();
      return draining;
    },
  };
}
