import { Hono } from 'hono';
import type { HTTPException } from 'hono/http-exception';
import { describe, expect, test, vi } from 'vitest';
import { readAssets } from '../../origin/read-assets.ts';
import { someClient } from '../../testkit/http/client-info.ts';
import { createMemorySessions } from '../../testkit/stores/memory-sessions.ts';
import { type AppDeps, createApp } from '../app.ts';
import type { ClientInfo } from '../client/client-info.ts';
import type { AppEnv } from '../env.ts';
import { parsedSettings, settingsObject } from '../lib/settings.ts';
import { takeSnapshot } from '../replicas/snapshot.ts';
import { dashboard } from '../routes/dashboard.ts';
import {
  type DashboardAccess,
  dashboardAccess,
  dashboardRule,
  dashboardSettings,
  toDashboardAccess,
} from './access.ts';
import { createDashboardFeed } from './feed.ts';

const TOKEN = 'correct-horse-battery-staple';
const PRIVATE: DashboardAccess = { kind: 'private', hosts: ['status.example'] };
const PATHS = ['/dashboard', '/dashboard/events'];

const warn = vi.fn();

/** Requests the dashboard from an address. */
async function ask(
  access: DashboardAccess,
  clientIp: string,
  path = '/dashboard',
  headers: Record<string, string> = {},
  method = 'GET',
  client: Partial<ClientInfo> = {},
) {
  const feed = createDashboardFeed({ readSnapshot: async () => takeSnapshot(7, [], 0), intervalMs: 1 });
  const deps = {
    routes: [dashboard],
    server: { ip: '10.0.0.5', address: '10.0.0.5:5000', sid: 'a' },
    resolveClient: () => someClient({ clientIp, hosts: ['127.0.0.1:8080'], ...client }),
    log: { debug() {}, info() {}, warn, error() {} },
    dashboard: { access, feed },
    sessions: createMemorySessions(),
    assets: readAssets(),
  };
  const response = await createApp(deps as unknown as AppDeps).request(path, { headers, method });
  if (response.status === 200) await response.body?.cancel();
  return response;
}

describe('for private networks', () => {
  test.each([
    '127.0.0.1',
    '127.8.8.8',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.1.1',
    '::1',
    'fd12:3456::1',
    'fe80::1',
  ])('%s may see it', async (clientIp) => {
    for (const path of PATHS) expect((await ask(PRIVATE, clientIp, path)).status).toBe(200);
  });

  test.each([
    '8.8.8.8',
    '11.0.0.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.169.0.1',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    'unknown',
    '',
  ])('%j is rejected', async (clientIp) => {
    for (const path of PATHS) expect((await ask(PRIVATE, clientIp, path)).status).toBe(403);
  });
});

describe('for private networks, against pages of other sites', () => {
  const under = (hosts: string[]) => ask(PRIVATE, '192.168.0.7', '/dashboard', {}, 'GET', { hosts });

  test.each([
    [['127.0.0.1:8080']],
    [['192.168.0.7']],
    [['[::1]:8080']],
    [['[fd00::7]']],
    [['localhost:8080']],
    [['app.localhost']],
    [['status.example']],
    [['STATUS.example:8080']],
    [['status.example.']],
    [['status.example', '10.0.0.5:5000']],
    // HTTP/1.0 without a host; browsers do not use it.
    [[]],
  ])('it is shown under %j', async (hosts) => {
    expect((await under(hosts)).status).toBe(200);
  });

  test.each([
    [['evil.example']],
    [['evil.example:8080']],
    [['status.example.evil.example']],
    [['localhost.evil.example']],
    [['127.0.0.1.evil.example']],
    [['evil.example', '127.0.0.1']],
    [['127.0.0.1', 'evil.example']],
    [['status.example@evil.example']],
    [['evil.example/status.example']],
    [['a b']],
    [[':']],
  ])('it is rejected under %j', async (hosts) => {
    expect((await under(hosts)).status).toBe(403);
  });
});

test('for private networks, an unverified client is rejected whatever its address', async () => {
  const response = await ask(PRIVATE, '192.168.0.7', '/dashboard', {}, 'GET', { isVerified: false });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('TRUST_PROXY');
});

test('switched off, it is not found', async () => {
  for (const path of PATHS) {
    expect((await ask({ kind: 'off' }, '127.0.0.1', path)).status).toBe(404);
    expect((await ask({ kind: 'off' }, '127.0.0.1', path, {}, 'POST')).status).toBe(404);
  }
});

describe('with a token', () => {
  const basic = (name: string, password: string) => `Basic ${btoa(`${name}:${password}`)}`;

  test.each([
    ['as the password with any user name', basic('me', TOKEN)],
    ['as the password without a user name', basic('', TOKEN)],
    ['as a bearer token', `Bearer ${TOKEN}`],
  ])('it is shown with the token %s, from any address', async (_how, Authorization) => {
    for (const path of PATHS) {
      expect((await ask({ kind: 'token', token: TOKEN }, '8.8.8.8', path, { Authorization })).status).toBe(200);
    }
  });

  test.each([
    ['nothing', {}],
    ['another password', { Authorization: basic('me', `${TOKEN}x`) }],
    ['the token as the name', { Authorization: basic(TOKEN, '') }],
    ['another bearer token', { Authorization: 'Bearer x' }],
    ['a scheme of its own', { Authorization: TOKEN }],
    ['no base64', { Authorization: 'Basic §§§'.replaceAll('§', '!') }],
  ])('with %s it asks for a password, in private networks, too', async (_what, headers) => {
    for (const path of PATHS) {
      const response = await ask({ kind: 'token', token: TOKEN }, '127.0.0.1', path, headers as Record<string, string>);
      expect(response.status).toBe(401);
      expect(response.headers.get('WWW-Authenticate')).toBe('Basic realm="Mooring dashboard"');
    }
  });
});

describe('guesses of the token', () => {
  /** An app that keeps its table of attempts across requests. */
  function setUp() {
    const warn = vi.fn();
    const log = { debug() {}, info() {}, warn, error() {} };
    const app = new Hono<AppEnv>().use(async (c, next) => {
      c.set('client', someClient({ clientIp: c.req.header('From') as string }));
      await next();
    });
    app.use(dashboardAccess({ kind: 'token', token: TOKEN }, log)).get('/', (c) => c.text('seen'));
    app.onError((error) => (error as HTTPException).getResponse());
    const guess = async (token: string, From = '203.0.113.7') =>
      app.request('/', { headers: { From, Authorization: `Bearer ${token}` } });
    return { app, guess, warn };
  }

  test('get 429 after thirty within a minute, even with the right token', async () => {
    const { guess } = setUp();
    for (let nth = 0; nth < 30; nth++) expect((await guess(`guess-${nth}`)).status).not.toBe(429);
    const refused = await guess('guess');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect((await guess(TOKEN)).status).toBe(429);
  });

  test('count when they are concurrent, too', async () => {
    const { guess } = setUp();
    const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await guess('guess')).status));
    expect(statuses.filter((status) => status === 429)).toHaveLength(70);
  });

  test('of one client do not affect others; an IPv6 /64 network counts as one client', async () => {
    const { guess } = setUp();
    for (let nth = 0; nth < 30; nth++) await guess('guess', `2001:db8::${nth}`);
    expect((await guess('guess', '2001:db8::ffff')).status).toBe(429);
    expect((await guess(TOKEN, '2001:db8:0:1::1')).status).toBe(200);
    expect((await guess(TOKEN, '203.0.113.8')).status).toBe(200);
  });

  test('with the right token do not count', async () => {
    const { guess } = setUp();
    for (let nth = 0; nth < 100; nth++) expect((await guess(TOKEN)).status).toBe(200);
  });

  test('are logged as warnings, without the guess', async () => {
    const { guess, warn, app } = setUp();
    await guess('a-wrong-guess');
    await guess(TOKEN);
    await app.request('/', { headers: { From: '203.0.113.7' } });
    expect(warn.mock.calls).toEqual([
      [{ clientIp: '203.0.113.7', requestId: 'r1', attempts: 1 }, 'dashboard token rejected'],
    ]);
  });
});

describe('the settings', () => {
  function read(DASHBOARD: string, DASHBOARD_TOKEN?: string) {
    const schema = settingsObject(dashboardSettings).superRefine(dashboardRule);
    const given = { DASHBOARD, DASHBOARD_TOKEN, DASHBOARD_HOSTS: 'status.example' };
    return toDashboardAccess(parsedSettings(schema.safeParse(given)));
  }

  test.each([
    ['off', undefined, { kind: 'off' }],
    ['private', undefined, PRIVATE],
    ['token', TOKEN, { kind: 'token', token: TOKEN }],
    // An unused token is no problem.
    ['private', TOKEN, PRIVATE],
  ] as const)('DASHBOARD=%s with token %s', (kind, token, access) => {
    expect(read(kind, token)).toEqual(access);
  });

  test('report a missing token with DASHBOARD=token', () => {
    expect(() => read('token')).toThrow(
      /^1 setting is wrong:\n {2}DASHBOARD_TOKEN: expected .*, got nothing; set it to what `openssl rand -hex 24` prints$/,
    );
  });
});
