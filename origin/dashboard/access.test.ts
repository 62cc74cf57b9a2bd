import { describe, expect, test } from 'vitest';
import { type AppDeps, createApp } from '../app.ts';
import { readAssets } from '../node/read-assets.ts';
import { type DashboardAccess, readDashboardAccess } from './access.ts';
import { createDashboardFeed } from './feed.ts';
import { takeSnapshot } from './snapshot.ts';

const TOKEN = 'correct-horse-battery-staple';
const PATHS = ['/dashboard', '/dashboard/events'];

/** Asks for the dashboard from an address. */
async function ask(
  access: DashboardAccess,
  clientIp: string,
  path = '/dashboard',
  headers: Record<string, string> = {},
  method = 'GET',
) {
  const feed = createDashboardFeed({ readSnapshot: async () => takeSnapshot(7, [], 0), intervalMs: 1 });
  const deps = {
    server: { ip: '10.0.0.5', address: '10.0.0.5:5000', sid: 'a' },
    identifyCaller: () => ({ clientIp, requestId: 'r1' }),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    dashboard: { access, feed },
    assets: readAssets(),
  };
  const response = await createApp(deps as unknown as AppDeps).request(path, { headers, method });
  await response.body?.cancel();
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
    for (const path of PATHS) expect((await ask({ kind: 'private' }, clientIp, path)).status).toBe(200);
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
  ])('%j is refused', async (clientIp) => {
    for (const path of PATHS) expect((await ask({ kind: 'private' }, clientIp, path)).status).toBe(403);
  });
});

test('switched off, it is not there for anybody', async () => {
  for (const path of PATHS) {
    expect((await ask({ kind: 'off' }, '127.0.0.1', path)).status).toBe(404);
    expect((await ask({ kind: 'off' }, '127.0.0.1', path, {}, 'POST')).status).toBe(404);
  }
});

describe('by token', () => {
  const basic = (name: string, password: string) => `Basic ${btoa(`${name}:${password}`)}`;

  test.each([
    ['as the password of anybody', basic('me', TOKEN)],
    ['as the password of nobody', basic('', TOKEN)],
    ['as a bearer token', `Bearer ${TOKEN}`],
  ])('it is seen with the token %s, from wherever', async (_how, Authorization) => {
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
  ])('with %s a password is asked for, from a private network, too', async (_what, headers) => {
    for (const path of PATHS) {
      const response = await ask({ kind: 'token', token: TOKEN }, '127.0.0.1', path, headers as Record<string, string>);
      expect(response.status).toBe(401);
      expect(response.headers.get('WWW-Authenticate')).toBe('Basic realm="Mooring dashboard"');
    }
  });
});

describe('the settings', () => {
  function read(DASHBOARD: 'off' | 'private' | 'token', DASHBOARD_TOKEN?: string) {
    const problems: string[] = [];
    return { access: readDashboardAccess({ DASHBOARD, DASHBOARD_TOKEN }, problems), problems };
  }

  test.each([
    ['off', undefined, { kind: 'off' }],
    ['private', undefined, { kind: 'private' }],
    ['token', TOKEN, { kind: 'token', token: TOKEN }],
    // A token that is left over does no harm.
    ['private', TOKEN, { kind: 'private' }],
  ] as const)('DASHBOARD=%s with token %s', (kind, token, access) => {
    expect(read(kind, token)).toEqual({ access, problems: [] });
  });

  test('a token that is asked for and not given is said to be missing', () => {
    expect(read('token').problems).toEqual([
      expect.stringMatching(/^DASHBOARD_TOKEN: expected .*, got nothing; set it/),
    ]);
  });
});
