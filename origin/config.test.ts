import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { serverId } from '../app/affinity/server-id.ts';
import type { TrustedProxy } from '../app/client/trust-proxy.ts';
import { type OriginConfig, parseConfig } from './config.ts';
import { allOriginSettings } from './settings.ts';

function parse(env: Record<string, string | undefined>): Promise<OriginConfig> {
  const findAddress = async (wanted = '192.0.2.5') => (wanted === 'elsewhere' ? undefined : wanted);
  return parseConfig({ env, findAddress });
}

const defaults = await parse({});

describe('without any setting', () => {
  test('the replica has its defaults', () => {
    expect(defaults).toEqual({
      appFolder: fileURLToPath(new URL('../app', import.meta.url)),
      host: '0.0.0.0',
      port: 5000,
      server: { ip: '192.0.2.5', address: '192.0.2.5:5000', sid: serverId('192.0.2.5:5000') },
      database: { kind: 'sqlite', path: 'data/mooring.sqlite', isDefault: true },
      connectionLimits: { proxies: 4096, clients: 512, perClient: 64 },
      headerTimeoutMs: 10_000,
      requestTimeoutMs: 60_000,
      visitQueueLimit: 10_000,
      inDoubtTimeoutMs: 9000,
      sessions: {
        lifetimes: { idleMs: 86_400_000, absoluteMs: 604_800_000 },
        maxBytes: 16_384,
        cacheBytes: 33_554_432,
      },
      dashboard: { kind: 'private', hosts: [] },
      trust: { preset: 'none' },
      warnings: [],
      drainTimeoutMs: 10_000,
      drainNoticeMs: 1000,
      logDirectory: undefined,
      logLevel: 'info',
      logLinesPerSecond: 20,
      accessLogRetentionMs: 2_592_000_000,
    });
  });
});

test.each([
  ['APP_FOLDER', '/srv/cart', { appFolder: '/srv/cart' }],
  ['HOST', '127.0.0.1', { host: '127.0.0.1' }],
  ['HOST', '::', { host: '::' }],
  ['PORT', '1', { port: 1 }],
  ['PORT', '65535', { port: 65535 }],
  ['PROXY_CONNECTION_LIMIT', '5', { connectionLimits: { proxies: 5, clients: 512, perClient: 64 } }],
  ['CLIENT_CONNECTION_LIMIT', '5', { connectionLimits: { proxies: 4096, clients: 5, perClient: 64 } }],
  ['CONNECTIONS_PER_CLIENT', '5', { connectionLimits: { proxies: 4096, clients: 512, perClient: 5 } }],
  ['HEADER_TIMEOUT_MS', '1000', { headerTimeoutMs: 1000 }],
  ['REQUEST_TIMEOUT_MS', '10000', { requestTimeoutMs: 10_000 }],
  ['VISIT_QUEUE_LIMIT', '1', { visitQueueLimit: 1 }],
  ['VISIT_QUEUE_LIMIT', '1000000', { visitQueueLimit: 1_000_000 }],
  ['DRAIN_TIMEOUT_MS', '0', { drainTimeoutMs: 0 }],
  ['DRAIN_TIMEOUT_MS', '600000', { drainTimeoutMs: 600_000 }],
  ['DRAIN_NOTICE_MS', '0', { drainNoticeMs: 0 }],
  ['DRAIN_NOTICE_MS', '5000', { drainNoticeMs: 5000 }],
  ['TRUST_PROXY', 'none', { trust: { preset: 'none' } }],
  ['TRUST_PROXY', 'x-forwarded-for:2 from private', { trust: { preset: 'x-forwarded-for', hops: 2 } }],
  ['DASHBOARD_HOSTS', 'App.example., b', { dashboard: { kind: 'private', hosts: ['app.example', 'b'] } }],
  ['LOG_DIRECTORY', '/var/log/mooring', { logDirectory: '/var/log/mooring' }],
  ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ['LOG_LEVEL', 'trace', { logLevel: 'trace' }],
  ['LOG_LINES_PER_CLIENT', '5', { logLinesPerSecond: 5 }],
  ['LOG_LINES_PER_CLIENT', 'off', { logLinesPerSecond: undefined }],
  ['METRICS_PORT', '9464', { metricsPort: 9464 }],
  ['METRICS_PORT', '', { metricsPort: undefined }],
  ['ACCESS_LOG_RETENTION_HOURS', '1', { accessLogRetentionMs: 3_600_000 }],
  ['ACCESS_LOG_RETENTION_HOURS', 'off', { accessLogRetentionMs: undefined }],
  ['DATABASE_URL', 'file:a.sqlite', { database: { kind: 'sqlite', path: 'a.sqlite', isDefault: false } }],
])('%s=%s is accepted', async (name, value, config) => {
  expect(await parse({ [name]: value })).toMatchObject(config);
});

test.each(['aaaaaaaaaaaaaaaa', 'short', 'with spaces in it'])(
  'DASHBOARD_TOKEN=%s is rejected, and not shown',
  async (token) => {
    const refused = parse({ DASHBOARD: 'token', DASHBOARD_TOKEN: token });
    await expect(refused).rejects.toThrow(
      /^1 setting is wrong:\n {2}DASHBOARD_TOKEN: expected .*, got "\*\*\*"; for example/,
    );
  },
);

test('a replica with an IPv6 address listens on IPv6, too', async () => {
  expect(await parse({ SERVER_IP: '2001:db8::3' })).toMatchObject({ host: '::' });
});

test.each([
  ['its IP and port', { SERVER_IP: '10.0.0.5', PORT: '5001' }, '10.0.0.5', '10.0.0.5:5001', serverId('10.0.0.5:5001')],
  ['an IPv6 one in brackets', { SERVER_IP: '::1' }, '::1', '[::1]:5000', serverId('[::1]:5000')],
  ['its route', { SERVER_IP: '10.0.0.5', SERVER_ROUTE: 'a.b-c_1' }, '10.0.0.5', '10.0.0.5:5000', 'a.b-c_1'],
])('the replica is identified by %s', async (_what, env, ip, address, sid) => {
  expect((await parse(env)).server).toEqual({ ip, address, sid });
});

describe('TRUSTED_PROXIES, which is deprecated', () => {
  test.each([
    ['10.0.0.0/8', '10.255.0.1', '11.0.0.1'],
    [' 10.0.0.1 , 2001:db8::/32 ', '2001:db8:ffff::1', '127.0.0.1'],
  ])('%j is read as TRUST_PROXY=nginx from it, with a warning', async (value, trusted, other) => {
    const { trust, warnings } = await parse({ TRUSTED_PROXIES: value });
    const { preset, isTrusted } = trust as TrustedProxy;
    expect([preset, isTrusted(trusted), isTrusted(other)]).toEqual(['nginx', true, false]);
    expect(warnings).toEqual([`TRUSTED_PROXIES is deprecated: set TRUST_PROXY=nginx from ${value}`]);
  });

  test('none trusts no proxy', async () => {
    expect((await parse({ TRUSTED_PROXIES: 'none' })).trust).toEqual({ preset: 'none' });
  });

  test('beside TRUST_PROXY is rejected', async () => {
    const env = { TRUSTED_PROXIES: '10.0.0.0/8', TRUST_PROXY: 'nginx from loopback' };
    await expect(parse(env)).rejects.toThrow('TRUSTED_PROXIES: expected nothing beside TRUST_PROXY');
  });
});

test.each([
  ['HOST', ['localhost', '127.0.0.1:5000', '1.2.3', '*']],
  ['PORT', ['0', '65536', '-1', '80.5', '0x50', 'http', ' 80', '1e3']],
  ['SERVER_IP', ['elsewhere', '10.0.0.5:5000', '[::1]', '127.0.0.0/33', '::/129']],
  ['SERVER_ROUTE', ['two words', 'a;b', 'é', 'x'.repeat(33)]],
  [
    'TRUSTED_PROXIES',
    ['all', '10.0.0.0/33', '::/129', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.1,', 'none,::1'],
  ],
  ['TRUST_PROXY', ['all', '10.0.0.0/8', 'nginx', 'nginx from all', 'cloudflare', 'x-forwarded-for from private']],
  ['DASHBOARD_HOSTS', ['app.example:80', 'http://app.example', 'a,,b', '*', 'a b']],
  ['ACCESS_LOG_RETENTION_HOURS', ['0', '-1', '1.5', '1000001', 'never', 'OFF']],
  ['CONNECTIONS_PER_CLIENT', ['0', '100001', 'off']],
  ['HEADER_TIMEOUT_MS', ['999', '600001', '10s']],
  ['REQUEST_TIMEOUT_MS', ['9999', '3600001', '60s']],
  ['VISIT_QUEUE_LIMIT', ['0', '1000001', 'many']],
  ['DRAIN_TIMEOUT_MS', ['-1', '600001', '10s']],
  ['DRAIN_NOTICE_MS', ['-1', '600001', '1s']],
  ['STOP_GRACE_PERIOD_MS', ['0', '4999', '3600001', '65s']],
  ['LOG_LEVEL', ['INFO', 'verbose']],
  ['LOG_LINES_PER_CLIENT', ['0', 'none', '1.5']],
  ['METRICS_PORT', ['0', '65536', 'on']],
] as const)('%s rejects each of %j, and shows a valid value', async (name, values) => {
  for (const value of values) {
    const { expected, example } = allOriginSettings[name];
    const problem = `${name}: expected ${expected}, got ${JSON.stringify(value)}; for example ${name}=${example}`;
    await expect(parse({ [name]: value })).rejects.toThrow(`1 setting is wrong:\n  ${problem}`);
  }
});

test("all invalid settings are reported together, including the database's", async () => {
  const names = ['HOST', 'PORT', 'LOG_LEVEL', 'DATABASE_URL'];
  const lines = names.map((name) => `\n {2}${name}: .*`).join('');
  const env = Object.fromEntries(names.map((name) => [name, 'x']));
  await expect(parse(env)).rejects.toThrow(new RegExp(`^4 settings are wrong:${lines}$`));
});

describe('a drain must end 5 s before the replica is killed', () => {
  test.each([
    ['60000', '65000'],
    ['0', '5000'],
    ['600000', undefined],
  ])('DRAIN_TIMEOUT_MS=%s with STOP_GRACE_PERIOD_MS=%s is accepted', async (drain, grace) => {
    const config = await parse({ DRAIN_TIMEOUT_MS: drain, STOP_GRACE_PERIOD_MS: grace });
    expect(config.drainTimeoutMs).toBe(Number(drain));
  });

  test.each([
    ['60001', '65000', 60_000],
    ['60000', '15000', 10_000],
    [undefined, '14999', 9999],
  ])('DRAIN_TIMEOUT_MS=%s with STOP_GRACE_PERIOD_MS=%s is rejected', async (drain, grace, longest) => {
    const settings = { DRAIN_TIMEOUT_MS: drain, STOP_GRACE_PERIOD_MS: grace };
    const problem = `DRAIN_TIMEOUT_MS: expected at most ${longest}, because the replica is killed ${grace} ms after`;
    await expect(parse(settings)).rejects.toThrow(problem);
  });
});

describe('an image has one app', () => {
  test.each([
    [undefined, 'app'],
    ['./app/', 'app'],
    ['shop', 'shop'],
  ])('APP_FOLDER=%s is accepted in the image of %s', async (wanted, built) => {
    const { appFolder } = await parse({ APP_FOLDER: wanted, IMAGE_APP_FOLDER: built });
    expect(appFolder).toBe(fileURLToPath(new URL(`../${built}`, import.meta.url)));
  });

  test.each([
    [undefined, 'shop', 'APP_FOLDER: expected "shop", which the image was built with, got "app"; build it again'],
    ['shop', 'app', 'APP_FOLDER: expected "app", which the image was built with, got "shop"; build it again'],
  ])('APP_FOLDER=%s is rejected in the image of %s', async (wanted, built, problem) => {
    await expect(parse({ APP_FOLDER: wanted, IMAGE_APP_FOLDER: built })).rejects.toThrow(problem);
  });
});

test('an empty setting counts as unset', async () => {
  const empty = Object.fromEntries(Object.keys(allOriginSettings).map((name) => [name, '']));
  expect(await parse(empty)).toEqual(defaults);
});

test("a setting's example is valid", async () => {
  // DASHBOARD=token is left out: it needs a token, and the example of a token is a command that creates one, because a printed
  // token must not be used.
  const { DATABASE_URL, DASHBOARD: _, DASHBOARD_TOKEN: __, TRUSTED_PROXIES: ___, ...others } = allOriginSettings;
  // Only host names go with this example, and the example of a host is an address.
  const { DB_TLS, DB_TLS_CA: ____, ...independent } = others;
  const examples = Object.entries(independent).map(([name, { example }]) => [name, example]);
  await expect(parse(Object.fromEntries(examples))).resolves.toBeDefined();
  await expect(parse({ DB_HOST: 'db', DB_USER: 'u', DB_TLS: DB_TLS.example })).resolves.toBeDefined();
  await expect(parse({ DATABASE_URL: DATABASE_URL.example })).resolves.toBeDefined();
});
