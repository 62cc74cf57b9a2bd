import { createCookieJar, parseSetCookie } from '../testkit/http/cookie-jar.ts';
import { createHttpClient } from '../testkit/http/http-client.ts';
import type { Answer } from '../testkit/http/send.ts';
import { watchFront } from './front-watch.ts';
import type { Operation } from './history.ts';
import type { StackFront } from './stacks/stack.ts';

/** What a client sent, and the outcome. */
export type Heard = Omit<Operation, 'id' | 'client'>;

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

export interface ClientOptions {
  /** The fronts that the client may use, the first one first. It goes to the next one when one does not answer. */
  fronts: readonly Pick<StackFront, 'name' | 'url'>[];
  nowMs: () => number;
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
  /** Goes to this front, as after another look-up of the name. */
  goTo(front: number): void;
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

type Connection = 'own' | 'beside' | 'stranger';

/** Creates a client. Times are by the run's clock. */
export function createClient({ fronts, nowMs }: ClientOptions): Client {
  const jar = createCookieJar();
  const connections = fronts.map(({ url }) => ({
    own: createHttpClient(url, jar),
    beside: createHttpClient(url, jar),
    stranger: createHttpClient(url),
  }));
  const hasSeveral = fronts.length > 1;
  let current = 0;

  async function ask(
    connection: Connection,
    asked: Operation['asked'],
    { patienceMs, entry, at }: Omit<AskOptions, 'isBeside'>,
  ): Promise<Heard> {
    const used = current;
    const { name, url } = fronts[used] as (typeof fronts)[number];
    const { send, cookies, reset } = (connections[used] as (typeof connections)[number])[connection];
    const leaving = new AbortController();
    const leave = (outcome: Operation['outcome']) => {
      // What a front that is cut off receives only later would be counted long after the client has left.
      if (hasSeveral) reset();
      leaving.abort(outcome);
    };
    const timers = [
      setTimeout(leave, TIMEOUT_MS, 'late'),
      ...(patienceMs === undefined ? [] : [setTimeout(leave, patienceMs, 'aborted')]),
    ];
    const endWatch = hasSeveral ? watchFront(url, () => leave('failed')) : undefined;
    if (at !== undefined) cookies.set(COOKIE, at);
    const session = sessionName(cookies.get(SESSION_COOKIE));
    const sent = { front: name, asked, cookie: cookies.get(COOKIE), session, entry, sentAtMs: nowMs() };
    const { method, path } = REQUESTS[asked];
    try {
      const answer = await send({ method, path: `${path}${entry ?? ''}`, signal: leaving.signal });
      return { ...sent, endedAtMs: nowMs(), outcome: 'answered', ...read(asked, answer) };
    } catch (error) {
      const outcome: Operation['outcome'] = leaving.signal.reason ?? 'failed';
      const { code, message } = error as NodeJS.ErrnoException;
      // Another request may have found out before.
      if (outcome !== 'aborted' && current === used) current = (used + 1) % fronts.length;
      return { ...sent, endedAtMs: nowMs(), outcome, error: code ?? message };
    } finally {
      endWatch?.();
      for (const timer of timers) clearTimeout(timer);
    }
  }

  return {
    ask: (asked, { isBeside, ...options } = {}) => ask(isBeside ? 'beside' : 'own', asked, options),
    probe(session, at) {
      for (const { stranger } of connections) {
        stranger.cookies.clear();
        stranger.cookies.set(SESSION_COOKIE, session);
      }
      return ask('stranger', 'probe', { at });
    },
    session: () => jar.get(SESSION_COOKIE),
    forgetCookies: () => jar.clear(),
    goTo(front) {
      current = front;
    },
    close() {
      for (const { close } of connections.flatMap((front) => Object.values(front))) close();
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
