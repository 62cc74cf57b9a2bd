import type { Server } from 'node:http';
import type { GroupCommit } from '../group-commit.ts';

export interface DrainOptions {
  server: Server;
  /** The visits that are not committed yet; a client that leaves does not take its visit along. */
  visits: Pick<GroupCommit, 'unfinished' | 'idle'>;
  timeoutMs: number;
}

export interface Drain {
  isDraining(): boolean;
  /**
   * Stops taking connections, lets the requests in flight finish and all visits commit, then closes every connection.
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
export function createDrain({ server, visits, timeoutMs }: DrainOptions): Drain {
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

  function requestsIdle(): Promise<void> {
    return new Promise((resolve) => {
      if (requests === 0) resolve();
      else onIdle = resolve;
    });
  }

  async function drain(): Promise<Unfinished> {
    // Also closes the connections that wait for a request.
    server.close();
    const timeout = new Promise((resolve) => setTimeout(resolve, timeoutMs).unref());
    await Promise.race([Promise.all([requestsIdle(), visits.idle()]), timeout]);
    const unfinished = { requests, visits: visits.unfinished() };
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
