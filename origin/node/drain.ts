import type { IncomingMessage, Server } from 'node:http';
import type { GroupCommit } from '../group-commit.ts';
import { after } from './after.ts';

export interface DrainOptions {
  server: Server;
  /** The visits that are not committed yet; a client that leaves does not take its visit along. */
  visits: Pick<GroupCommit, 'unfinished' | 'idle'>;
  timeoutMs: number;
  /** Whether a request is answered with a stream that has no end of its own: such a one is not work to be finished. */
  isEndless?: (request: IncomingMessage) => boolean;
}

export interface Drain {
  isDraining(): boolean;
  /**
   * Stops taking connections, lets the requests in flight finish and all visits commit, then closes every connection. An
   * endless stream may end by itself for `ENDLESS_GRACE_MS`.
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

/** Long enough for a stream to see that it is to end; one whose client does not read sees nothing. */
const ENDLESS_GRACE_MS = 1000;

/** Builds the graceful stop of an HTTP server. Call it before the server takes its first request: it counts them. */
export function createDrain({ server, visits, timeoutMs, isEndless = () => false }: DrainOptions): Drain {
  const requests = countInFlight();
  const endless = countInFlight();
  let draining: Promise<Unfinished> | undefined;

  server.on('request', (request, response) => {
    const inFlight = isEndless(request) ? endless : requests;
    inFlight.begin();
    response.once('close', inFlight.end);
  });

  async function drain(): Promise<Unfinished> {
    // Also closes the connections that wait for a request.
    server.close();
    const streamsEnded = Promise.race([endless.idle(), after(ENDLESS_GRACE_MS)]);
    await Promise.race([Promise.all([requests.idle(), visits.idle(), streamsEnded]), after(timeoutMs)]);
    const unfinished = { requests: requests.count(), visits: visits.unfinished() };
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

/** Counts what is in flight, and tells when nothing is any more. */
function countInFlight() {
  let count = 0;
  let onIdle = () => {};
  return {
    count: () => count,
    begin() {
      count++;
    },
    end() {
      count--;
      if (count === 0) onIdle();
    },
    idle(): Promise<void> {
      return new Promise((resolve) => {
        if (count === 0) resolve();
        else onIdle = resolve;
      });
    },
  };
}
