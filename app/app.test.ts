import { describe, expect, test, vi } from 'vitest';
import { readAssets } from '../origin/read-assets.ts';
import { routes } from '../testkit/app/routes.ts';
import { someClient } from '../testkit/http/client-info.ts';
import { createMemorySessions } from '../testkit/stores/memory-sessions.ts';
import { noAppDatabase } from '../testkit/stores/no-app-database.ts';
import { serverId } from './affinity/server-id.ts';
import { type AppDeps, createApp } from './app.ts';
import { createDashboardFeed } from './dashboard/feed.ts';
import { StoreUnavailableError } from './lib/store-errors.ts';

import { VisitQueueFullError } from './visits/errors.ts';

const SID = serverId('10.0.0.5:5000');
const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const JSON_PLEASE = { Accept: 'application/json' };

function setUp(deps: Partial<AppDeps> = {}) {
  const visits = {
    record: vi.fn<AppDeps['visits']['record']>(async () => 42),
    count: vi.fn(async () => 7),
    checkWritable: vi.fn(async () => {}),
  };
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const app = createApp({
    routes,
    upgradeWebSocket: () => async (_c, next) => next(),
    server: { ip: '10.0.0.5', address: '10.0.0.5:5000', sid: SID },
    visits,
    sessions: createMemorySessions(),
    db: noAppDatabase,
    resolveClient: () => someClient(),
    log,
    assets: readAssets(),
    dashboard: { access: { kind: 'off' }, feed: createDashboardFeed({ readSnapshot: () => Promise.reject() }) },
    nowMs: () => NOW_MS,
    ...deps,
  });
  return { app, visits, log };
}

function failing(error: unknown): AppDeps['visits'] {
  const fail = () => Promise.reject(error);
  return { record: fail, count: fail, checkWritable: fail };
}

describe('GET /', () => {
  test('counts the visit and answers after the commit', async () => {
    const committed = Promise.withResolvers<number>();
    const { app, visits } = setUp();
    visits.record.mockReturnValue(committed.promise);
    let answered = false;
    const response = Promise.resolve(app.request('/')).finally(() => {
      answered = true;
    });
    await vi.waitFor(() => expect(visits.record).toHaveBeenCalled());
    expect(answered).toBe(false);
    expect(visits.record.mock.calls).toEqual([
      [{ requestId: 'r1', clientIp: '203.0.113.7', serverIp: '10.0.0.5', sid: SID }],
    ]);

    committed.resolve(1);
    expect(await (await response).text()).toBe('10.0.0.5\n');
  });

  test('answers every field as JSON', async () => {
    const response = await setUp().app.request('/', { headers: JSON_PLEASE });
    expect(await response.json()).toEqual({
      visit: 42,
      server: { ip: '10.0.0.5', address: '10.0.0.5:5000', sid: SID },
      client: { ip: '203.0.113.7' },
      time: '2026-01-02T03:04:05.678Z',
      affinity: 'new',
      requestId: 'r1',
    });
  });
});

test.each([
  ['HEAD', '/'],
  ['POST', '/'],
  ['OPTIONS', '/'],
  ['GET', '/showcount'],
  ['GET', '/healthz'],
  ['GET', '/readyz'],
  ['GET', '/nothing'],
  ['GET', '//'],
  ['GET', '/index.html'],
])('%s %s counts nothing', async (method, path) => {
  const { app, visits } = setUp();
  await app.request(path, { method });
  expect(visits.record).not.toHaveBeenCalled();
});

test.each([
  ['/', undefined, 'new'],
  ['/', `srv_id=${SID}`, 'hit'],
  ['/showcount', `srv_id=${serverId('10.0.0.6:5000')}`, 'moved'],
  ['/nothing', 'srv_id=10.0.0.5:5000', 'invalid'],
])('%s with cookie %s is stamped with replica, request and verdict %s', async (path, cookie, affinity) => {
  const { app } = setUp();
  const { headers } = await app.request(path, cookie === undefined ? {} : { headers: { Cookie: cookie } });
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-affinity': affinity,
    'x-served-by': '10.0.0.5:5000',
    'x-request-id': 'r1',
  });
});

describe('failures', () => {
  test.each([
    ['/', new StoreUnavailableError('inside'), 503, '1', 'The database is not available.'],
    ['/', new VisitQueueFullError(1), 503, '1', 'Too many visits at once.'],
    ['/showcount', new StoreUnavailableError('inside'), 503, '1', 'The database is not available.'],
    ['/readyz', new StoreUnavailableError('inside'), 503, '1', 'The database is not available.'],
    ['/', new Error('inside'), 500, null, 'Internal error.'],
  ])(
    '%s answers %s with %i and Retry-After %s, without internal details',
    async (path, error, status, retryAfter, message) => {
      const { app } = setUp({ visits: failing(error) });
      const response = await app.request(path, { headers: JSON_PLEASE });
      expect(response.status).toBe(status);
      expect(response.headers.get('Retry-After')).toBe(retryAfter);
      expect(response.headers.get('X-Request-ID')).toBe('r1');
      expect(await response.json()).toEqual({ error: { status, message } });

      const asText = await app.request(path);
      expect(await asText.text()).toBe(`${message}\n`);
    },
  );

  test('an unexpected failure is logged with its request', async () => {
    const error = new Error('inside');
    const { app, log } = setUp({ visits: failing(error) });
    await app.request('/');
    expect(log.error.mock.calls).toEqual([[{ requestId: 'r1', err: error }, 'unexpected error']]);
  });

  test('a failure that the store has logged is not logged again', async () => {
    const { app, log } = setUp({ visits: failing(new StoreUnavailableError('inside')) });
    await app.request('/');
    expect(log.error).not.toHaveBeenCalled();
  });
});

describe('the affinity cookie of a client of another replica', () => {
  const OTHER = serverId('10.0.0.6:5000');
  const unavailable = failing(new StoreUnavailableError('inside'));
  const draining = { isDraining: () => true };
  const recovering = { isDatabaseRecovering: () => true };
  const expires = 'expires=Fri, 02-Jan-26 03:09:05 GMT; max-age=300; httponly';

  test.each([
    ['/', 'a database failure', { visits: unavailable }],
    ['/', 'a full queue', { visits: failing(new VisitQueueFullError(1)) }],
    ['/showcount', 'a database failure', { visits: unavailable }],
    ['/readyz', 'a drain', draining],
  ])('A14: %s answers 503 for %s and keeps it', async (path, _why, deps) => {
    const { app } = setUp(deps);
    const response = await app.request(path, { headers: { Cookie: `theme=dark; srv_id=${OTHER}` } });
    expect(response.status).toBe(503);
    expect(response.headers.getSetCookie()).toEqual([`srv_id=${OTHER}; ${expires}; samesite=lax; path=/`]);
  });

  test('A14: it stays Secure when the client uses HTTPS', async () => {
    const resolveClient = () => someClient({ scheme: 'https' });
    const { app } = setUp({ visits: unavailable, resolveClient });
    const response = await app.request('/', { headers: { Cookie: `srv_id=${OTHER}` } });
    expect(response.headers.getSetCookie()).toEqual([`srv_id=${OTHER}; ${expires}; secure; samesite=lax; path=/`]);
  });

  test.each([
    ['is its own', `srv_id=${SID}`, { visits: unavailable }],
    ['is missing', 'theme=dark', { visits: unavailable }],
    ['is malformed', `srv_id=${OTHER}!`, { visits: unavailable }],
    ['names another replica, and the database is available', `srv_id=${OTHER}`, {}],
  ])('A14: it leaves the cookie alone when it %s', async (_which, cookie, deps) => {
    const { app } = setUp(deps);
    const response = await app.request('/showcount', { headers: { Cookie: cookie } });
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test('A14: a replica that reaches the database again before the others keeps it with a 200, too', async () => {
    const { app } = setUp(recovering);
    const response = await app.request('/showcount', { headers: { Cookie: `srv_id=${OTHER}` } });
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining(`srv_id=${OTHER};`)]);
  });

  test('A14: a client that lets go during the outage has no cookie left', async () => {
    const { app } = setUp(recovering);
    const response = await app.request('/let-go', { method: 'POST', headers: { Cookie: `srv_id=${OTHER}` } });
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^srv_id=; Max-Age=0/),
      expect.stringMatching(/^client_id=; Max-Age=0/),
    ]);
  });
});

describe('a replica that counts its clients', () => {
  const counting = (deps: Partial<AppDeps> = {}) => {
    const observe = vi.fn<NonNullable<AppDeps['observe']>>();
    return { observe, app: setUp({ observe, ...deps }).app };
  };
  const NEW_ID = expect.stringMatching(/^client_id=[0-9a-f]{32}; Max-Age=300; Path=\/; HttpOnly; SameSite=Lax$/);

  test.each([
    ['/', 'GET', 200, [NEW_ID]],
    ['/showcount', 'GET', 200, [NEW_ID]],
    ['/nothing', 'GET', 404, []],
    ['/healthz', 'GET', 200, []],
    ['/readyz', 'GET', 200, []],
    ['/assets/mooring.css', 'GET', 200, []],
  ])('answers %s %s with %i and these cookies: %j', async (path, method, status, cookies) => {
    const response = await counting().app.request(path, { method });
    expect([response.status, response.headers.getSetCookie()]).toEqual([status, cookies]);
  });

  test('gives no id where nothing counts clients, as at the edge', async () => {
    expect((await setUp().app.request('/showcount')).headers.getSetCookie()).toEqual([]);
  });

  const id = 'c'.repeat(24);
  const address = '203.0.113.7';
  test.each([
    [
      '/showcount',
      'GET',
      '',
      { route: '/showcount', status: 200, client: { id: undefined, address, hasLetGo: false } },
    ],
    ['/showcount', 'HEAD', `client_id=${id}01234567`, { client: { id, address, hasLetGo: false } }],
    ['/no/such?path', 'PUT', '', { route: '*', method: 'PUT', status: 404 }],
    ['/', 'POST', '', { route: '*', method: 'POST', status: 405 }],
    ['/let-go', 'POST', `client_id=${id}01234567`, { route: '/let-go', client: { id, address, hasLetGo: true } }],
    ['/', 'GET', '', { route: '/', visit: { number: 42, timeMs: NOW_MS, requestId: 'r1' } }],
  ])('observes a request to %s (%s, %j) as %j', async (path, method, cookie, event) => {
    const { app, observe } = counting();
    await app.request(path, { method, headers: { Cookie: cookie } });
    expect(observe.mock.calls).toEqual([[expect.objectContaining({ method, ...event })]]);
  });
});

describe('a draining replica', () => {
  const isDraining = () => true;
  const isClosing = () => true;

  test('is alive, but not ready', async () => {
    const { app } = setUp({ isDraining });
    const ready = await app.request('/readyz', { headers: JSON_PLEASE });
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }]);
    expect((await app.request('/healthz')).status).toBe(200);
  });

  test.each(['/', '/showcount', '/readyz', '/nothing'])(
    'closes the connection after %s once it accepts no new ones',
    async (path) => {
      const { app } = setUp({ isDraining, isClosing });
      expect((await app.request(path)).headers.get('Connection')).toBe('close');
    },
  );

  test.each([
    ['/', null],
    ['/readyz', 'close'],
  ])('while it accepts new connections, it answers %s with Connection: %s', async (path, connection) => {
    const { app } = setUp({ isDraining });
    expect((await app.request(path)).headers.get('Connection')).toBe(connection);
  });
});

test.each([
  ['/', 200],
  ['/showcount', 200],
  ['/healthz', 200],
  ['/nothing', 404],
  ['/favicon.ico', 200],
])('%s, answered %i, has nosniff', async (path, status) => {
  for (const headers of [{}, JSON_PLEASE, { Accept: 'text/html' }]) {
    const response = await setUp().app.request(path, { headers: headers as Record<string, string> });
    expect([response.status, response.headers.get('X-Content-Type-Options')]).toEqual([status, 'nosniff']);
  }
});

describe('the request log', () => {
  test.each([
    ['GET', '/?token=hunter2', { path: '/', status: 200, visit: 42 }],
    ['GET', '/showcount', { path: '/showcount', status: 200, visit: undefined }],
    ['POST', '/', { path: '/', status: 405, visit: undefined }],
    ['GET', '/nothing', { path: '/nothing', status: 404, visit: undefined }],
  ])('has one line for %s %s, without its query', async (method, path, fields) => {
    const { app, log } = setUp();
    await app.request(path, { method });
    const client = { clientIp: '203.0.113.7', requestId: 'r1' };
    const line = { ...client, method, affinity: 'new', durationMs: expect.any(Number), ...fields };
    expect(log.info.mock.calls).toEqual([[line, 'request']]);
  });

  test.each(['/healthz', '/readyz'])(
    'has successful health checks at debug only, without a verdict: %s',
    async (path) => {
      const { app, log } = setUp();
      await app.request(path);
      expect(log.info).not.toHaveBeenCalled();
      expect(log.debug.mock.calls).toEqual([[expect.objectContaining({ path, status: 200 }), 'request']]);
      expect(log.debug.mock.calls[0]?.[0]).not.toHaveProperty('affinity');
    },
  );

  test('has failed health checks at info', async () => {
    const { app, log } = setUp({ isDraining: () => true });
    await app.request('/readyz');
    expect(log.info.mock.calls).toEqual([[expect.objectContaining({ path: '/readyz', status: 503 }), 'request']]);
  });

  test('has lines of bounded length, however long the path is', async () => {
    const { app, log } = setUp();
    await app.request(`/${'x'.repeat(120_000)}`);
    const [line] = log.info.mock.calls[0] as [{ path: string }];
    expect(line.path).toBe(`/${'x'.repeat(511)}…`);
    expect(JSON.stringify(line).length).toBeLessThan(1000);
  });

  test('limits the lines of one client, but has all lines of other clients', async () => {
    const { app, log } = setUp({
      logLinesPerSecond: 1,
      resolveClient: (c) => someClient({ clientIp: c.req.header('From') as string }),
    });
    for (let nth = 0; nth < 200; nth++) await app.request('/showcount', { headers: { From: '203.0.113.7' } });
    expect(log.info.mock.calls.length).toBeLessThan(100);
    log.info.mockClear();
    await app.request('/showcount', { headers: { From: '203.0.113.8' } });
    expect(log.info).toHaveBeenCalledTimes(1);
  });

  test('limits the lines of a failure that hits every request', async () => {
    const { app, log } = setUp({ logLinesPerSecond: 1, visits: failing(new StoreUnavailableError('inside')) });
    for (let nth = 0; nth < 200; nth++) await app.request('/');
    expect(log.info.mock.calls.length).toBeGreaterThan(0);
    expect(log.info.mock.calls.length).toBeLessThan(20);
  });

  test.each([
    [new StoreUnavailableError('inside'), 503],
    [new Error('inside'), 500],
  ])('has the status of a request that failed with %s: %i', async (error, status) => {
    const { app, log } = setUp({ visits: failing(error) });
    await app.request('/');
    expect(log.info.mock.calls).toEqual([[expect.objectContaining({ status }), 'request']]);
  });
});

describe('the last visits of a client', () => {
  const PAGE = { Accept: 'text/html' };

  async function visit(app: ReturnType<typeof setUp>['app'], headers: Record<string, string>) {
    const response = await app.request('/', { headers });
    const cookie = response.headers.getSetCookie().find((header) => header.startsWith('session='));
    return { response, cookie: cookie?.split(';')[0] };
  }

  test.each([
    ['text', {}],
    ['JSON', JSON_PLEASE],
  ])('S7: a visit as %s begins no session', async (_what, headers) => {
    const { app } = setUp();
    const { response, cookie } = await visit(app, headers as Record<string, string>);
    expect([response.status, cookie]).toEqual([200, undefined]);
  });

  test('a page begins a session, and the script of the page continues it', async () => {
    let requests = 0;
    const { app, visits } = setUp({ resolveClient: () => someClient({ requestId: `request-${requests++}` }) });
    const first = await visit(app, PAGE);
    expect(await first.response.text()).toContain('Your session begins with this visit.');
    visits.record.mockResolvedValue(43);
    const headers = { ...JSON_PLEASE, Cookie: first.cookie ?? '' };
    const { session } = (await (await visit(app, headers)).response.json()) as {
      session: { list: { number: number }[] };
    };
    expect(session).toMatchObject({
      readFrom: 'database',
      note: 'Read from the database, because this replica did not have it in memory.',
    });
    expect(session.list.map(({ number }) => number)).toEqual([43, 42]);
  });

  test('a visit whose session cannot be used is answered all the same', async () => {
    const sessions = createMemorySessions();
    sessions.access.commit = () => Promise.reject(new StoreUnavailableError('gone'));
    const { response, cookie } = await visit(setUp({ sessions }).app, PAGE);
    expect([response.status, cookie]).toEqual([200, undefined]);
    expect(await response.text()).toContain('The visit is counted, but your session could not be used now.');
  });
});

test.each([
  ['the counter and the dashboard', routes, ['/', '/dashboard']],
  ['the dashboard alone', routes.filter(({ path }) => path === '/dashboard'), ['/dashboard']],
  ['neither', [], []],
])('the navigation of pages links to what is there: %s', async (_what, listed, links) => {
  const feed = createDashboardFeed({ readSnapshot: () => Promise.reject() });
  const dashboard = { access: { kind: 'private', hosts: [] }, feed } as AppDeps['dashboard'];
  const { app } = setUp({ routes: listed, dashboard });
  const page = await (await app.request('/nowhere', { headers: { Accept: 'text/html' } })).text();
  const navigation = page.match(/<nav.*<\/nav>/)?.[0] ?? '';
  expect([...navigation.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual(links);
});
