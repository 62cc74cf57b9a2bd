import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Operation } from './history.ts';

/** Outcome of a request. */
export type Heard = Omit<Operation, 'id' | 'client' | 'front' | 'asked' | 'cookie'>;

export interface AskOptions {
  /** Value of the affinity cookie. */
  cookie: string | undefined;
  /** Time after which the client disconnects if it has no response. */
  patienceMs: number | undefined;
}

/** One client with a persistent connection. */
export interface HttpClient {
  /** Sends a request and returns its outcome. Never throws. */
  ask(asked: Operation['asked'], options: AskOptions): Promise<Heard>;
  close(): void;
}

/**
 * Longer than any response may take. The edge may wait 15 s for each of five replicas, then for the database. Nginx may
 * restart a request three times after half a minute of tries, and the last try may take 15 s more.
 */
const TIMEOUT_MS = 150_000;
const REQUESTS = {
  visit: { method: 'GET', path: '/' },
  count: { method: 'GET', path: '/showcount' },
  release: { method: 'POST', path: '/let-go' },
} as const satisfies Record<Operation['asked'], { method: string; path: string }>;

class LeftError extends Error {
  override name = 'LeftError';
}

class TooLateError extends Error {
  override name = 'TooLateError';
}

/** Creates a client of a front. Times are by the run's clock. */
export function createHttpClient(url: string, nowMs: () => number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  function send(asked: Operation['asked'], { cookie, patienceMs }: AskOptions) {
    const { method, path } = REQUESTS[asked];
    const headers = { Accept: 'application/json', ...(cookie !== undefined && { Cookie: `srv_id=${cookie}` }) };
    const asking = request(new URL(path, url), { agent, method, headers });
    const timers = [
      setTimeout(() => asking.destroy(new TooLateError()), TIMEOUT_MS),
      ...(patienceMs === undefined ? [] : [setTimeout(() => asking.destroy(new LeftError()), patienceMs)]),
    ];
    const answered = new Promise<{ response: IncomingMessage; body: string }>((resolve, reject) => {
      asking.on('error', reject);
      asking.on('response', (response) => {
        text(response).then((body) => resolve({ response, body }), reject);
      });
      asking.end();
    });
    return answered.finally(() => {
      for (const timer of timers) clearTimeout(timer);
    });
  }

  return {
    async ask(asked, options) {
      const sentAtMs = nowMs();
      try {
        const { response, body } = await send(asked, options);
        return { sentAtMs, endedAtMs: nowMs(), outcome: 'answered', ...read(asked, response, body) };
      } catch (error) {
        const outcome = error instanceof LeftError ? 'aborted' : error instanceof TooLateError ? 'late' : 'failed';
        const { code, message } = error as NodeJS.ErrnoException;
        return { sentAtMs, endedAtMs: nowMs(), outcome, error: code ?? message };
      }
    },
    close: () => agent.destroy(),
  };
}

function read(asked: Operation['asked'], { statusCode, headers }: IncomingMessage, body: string): Partial<Heard> {
  const header = (name: string) => headers[name] as string | undefined;
  const said = statusCode === 200 ? (JSON.parse(body) as { visit?: number; count?: number }) : {};
  const told = { visit: { number: said.visit }, count: { count: said.count }, release: {} };
  return {
    status: statusCode,
    ...told[asked],
    requestId: header('x-request-id'),
    mooredTo: headers['set-cookie']?.flatMap((line) => line.match(/^srv_id=([^;]*)/)?.[1] ?? []).at(-1),
    servedBy: header('x-served-by'),
    verdict: header('x-affinity'),
    retryAfter: header('retry-after'),
  };
}
