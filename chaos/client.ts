import { parseSetCookie } from '../testkit/http/cookie-jar.ts';
import { createHttpClient } from '../testkit/http/http-client.ts';
import type { Answer } from '../testkit/http/send.ts';
import type { Operation } from './history.ts';

/** What a client sent, and the outcome. */
export type Heard = Omit<Operation, 'id' | 'client' | 'front'>;

/** One client with its cookies and a persistent connection. */
export interface Client {
  /**
   * Sends a request and returns its outcome. Never throws.
   *
   * @param patienceMs time after which the client disconnects if it has no response
   */
  ask(asked: Operation['asked'], patienceMs?: number): Promise<Heard>;
  forgetCookies(): void;
  close(): void;
}

/**
 * Longer than any response may take. The edge may wait 15 s for each of five replicas, then for the database. Nginx may
 * restart a request three times after half a minute of tries, and the last try may take 15 s more.
 */
const TIMEOUT_MS = 150_000;
const COOKIE = 'srv_id';
const REQUESTS = {
  visit: { method: 'GET', path: '/' },
  count: { method: 'GET', path: '/showcount' },
  release: { method: 'POST', path: '/let-go' },
} as const satisfies Record<Operation['asked'], { method: string; path: string }>;

/** Creates a client of a front. Times are by the run's clock. */
export function createClient(url: string, nowMs: () => number): Client {
  const { send, cookies, close } = createHttpClient(url);

  return {
    async ask(asked, patienceMs) {
      const leaving = new AbortController();
      const leave = (outcome: Operation['outcome']) => leaving.abort(outcome);
      const timers = [
        setTimeout(leave, TIMEOUT_MS, 'late'),
        ...(patienceMs === undefined ? [] : [setTimeout(leave, patienceMs, 'aborted')]),
      ];
      const sent = { asked, cookie: cookies.get(COOKIE), sentAtMs: nowMs() };
      try {
        const answer = await send({ ...REQUESTS[asked], signal: leaving.signal });
        return { ...sent, endedAtMs: nowMs(), outcome: 'answered', ...read(asked, answer) };
      } catch (error) {
        const outcome: Operation['outcome'] = leaving.signal.reason ?? 'failed';
        const { code, message } = error as NodeJS.ErrnoException;
        return { ...sent, endedAtMs: nowMs(), outcome, error: code ?? message };
      } finally {
        for (const timer of timers) clearTimeout(timer);
      }
    },
    forgetCookies: cookies.clear,
    close,
  };
}

function read(asked: Operation['asked'], { status, headers, body, setCookies }: Answer): Partial<Heard> {
  const header = (name: string) => headers[name] as string | undefined;
  const said = status === 200 ? (JSON.parse(body.toString()) as { visit?: number; count?: number }) : {};
  const told = { visit: { number: said.visit }, count: { count: said.count }, release: {} };
  return {
    status,
    ...told[asked],
    requestId: header('x-request-id'),
    mooredTo: setCookies.map(parseSetCookie).findLast(({ name }) => name === COOKIE)?.value,
    servedBy: header('x-served-by'),
    verdict: header('x-affinity'),
    retryAfter: header('retry-after'),
  };
}
