import { createCookieJar, parseSetCookie } from '../testkit/http/cookie-jar.ts';
import { createHttpClient } from '../testkit/http/http-client.ts';
import type { Answer } from '../testkit/http/send.ts';
import type { Operation } from './history.ts';

/** What a client sent, and the outcome. */
export type Heard = Omit<Operation, 'id' | 'client' | 'front'>;

export interface AskOptions {
  /** Time after which the client disconnects if it has no response. */
  patienceMs?: number | undefined;
  /** The entry to append to the list in the session. */
  entry?: string;
  /** Server id to send in place of the client's own, as if a replica had moved the client (A13). */
  at?: string | undefined;
  /** Whether to use a second connection, so that another request may be in flight. */
  isBeside?: boolean;
}

/** One client with its cookies and persistent connections. */
export interface Client {
  /** Sends a request and returns its outcome. Never throws. */
  ask(asked: Operation['asked'], options?: AskOptions): Promise<Heard>;
  /** Reads with this session cookie, which is not the client's any more, and server id. Keeps no cookie of the response. */
  probe(session: string, at: string | undefined): Promise<Heard>;
  /** Returns the value of the session's cookie. */
  session(): string | undefined;
  forgetCookies(): void;
  close(): void;
}

/**
 * Longer than any response may take. The edge may wait 15 s for each of five replicas, then for the database. Nginx may
 * restart a request three times after half a minute of tries, and the last try may take 15 s more.
 */
const TIMEOUT_MS = 150_000;
const COOKIE = 'srv_id';
const SESSION_COOKIE = 'session';
const SESSION_NAME_LENGTH = 12;
const REQUESTS = {
  visit: { method: 'GET', path: '/' },
  count: { method: 'GET', path: '/showcount' },
  release: { method: 'POST', path: '/let-go' },
  read: { method: 'GET', path: '/ledger' },
  probe: { method: 'GET', path: '/ledger' },
  append: { method: 'POST', path: '/ledger/entries/' },
  put: { method: 'PUT', path: '/ledger/entries/' },
  regenerate: { method: 'PUT', path: '/ledger/id' },
  destroy: { method: 'DELETE', path: '/ledger' },
} as const satisfies Record<Operation['asked'], { method: string; path: string }>;

/** Creates a client of a front. Times are by the run's clock. */
export function createClient(url: string, nowMs: () => number): Client {
  const jar = createCookieJar();
  const http = createHttpClient(url, jar);
  const beside = createHttpClient(url, jar);
  const stranger = createHttpClient(url);

  async function ask(
    { send, cookies }: typeof http,
    asked: Operation['asked'],
    { patienceMs, entry, at }: Omit<AskOptions, 'isBeside'>,
  ): Promise<Heard> {
    const leaving = new AbortController();
    const leave = (outcome: Operation['outcome']) => leaving.abort(outcome);
    const timers = [
      setTimeout(leave, TIMEOUT_MS, 'late'),
      ...(patienceMs === undefined ? [] : [setTimeout(leave, patienceMs, 'aborted')]),
    ];
    if (at !== undefined) cookies.set(COOKIE, at);
    const session = sessionName(cookies.get(SESSION_COOKIE));
    const sent = { asked, cookie: cookies.get(COOKIE), session, entry, sentAtMs: nowMs() };
    const { method, path } = REQUESTS[asked];
    try {
      const answer = await send({ method, path: `${path}${entry ?? ''}`, signal: leaving.signal });
      return { ...sent, endedAtMs: nowMs(), outcome: 'answered', ...read(asked, answer) };
    } catch (error) {
      const outcome: Operation['outcome'] = leaving.signal.reason ?? 'failed';
      const { code, message } = error as NodeJS.ErrnoException;
      return { ...sent, endedAtMs: nowMs(), outcome, error: code ?? message };
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  return {
    ask: (asked, { isBeside = false, ...options } = {}) => ask(isBeside ? beside : http, asked, options),
    async probe(session, at) {
      stranger.cookies.clear();
      stranger.cookies.set(SESSION_COOKIE, session);
      return await ask(stranger, 'probe', { at });
    },
    session: () => jar.get(SESSION_COOKIE),
    forgetCookies: jar.clear,
    close() {
      for (const { close } of [http, beside, stranger]) close();
    },
  };
}

function read(asked: Operation['asked'], { status, headers, body, setCookies }: Answer): Partial<Heard> {
  const header = (name: string) => headers[name] as string | undefined;
  const set = setCookies.map(parseSetCookie);
  const lastValue = (cookie: string) => set.findLast(({ name }) => name === cookie)?.value;
  return {
    status,
    ...(status === 200 && readBody(asked, body.toString())),
    requestId: header('x-request-id'),
    mooredTo: lastValue(COOKIE),
    newSession: sessionName(lastValue(SESSION_COOKIE)),
    servedBy: header('x-served-by'),
    verdict: header('x-affinity'),
    retryAfter: header('retry-after'),
  };
}

function readBody(asked: Operation['asked'], body: string): Partial<Heard> {
  const { visit, ...said } = JSON.parse(body) as { visit?: number } & Partial<Heard>;
  switch (asked) {
    case 'visit':
      return { number: visit };
    case 'count':
      return { count: said.count };
    case 'release':
      return {};
    default:
      return { ledger: said.ledger, readFrom: said.readFrom };
  }
}

/** Returns enough of a session cookie to distinguish sessions. The rest of the id is a secret, and has no use here. */
function sessionName(cookie: string | undefined): string | undefined {
  return cookie?.slice(0, SESSION_NAME_LENGTH);
}
