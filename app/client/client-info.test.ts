import { Hono } from 'hono';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { FRESH_REQUEST_ID } from '../../testkit/http/request-id.ts';
import { type ClientInfo, createClientResolver, newRequestId } from './client-info.ts';
import { parseTrustProxy, type TrustProxy } from './trust-proxy.ts';

const PROXY = '10.0.0.1';
const CLIENT = '203.0.113.7';
const FRESH_ID = 'fresh';

const NGINX = 'nginx from 10.0.0.0/8';
const APPENDING = 'x-forwarded-for:1 from 10.0.0.0/8';
const TWO_HOPS = 'x-forwarded-for:2 from 10.0.0.0/8';
const CLOUDFLARE = 'cloudflare from 10.0.0.0/8';

interface Connection {
  trust: string;
  from: string | undefined;
  url?: string;
  onUntrustedProxy?: (address: string | undefined) => void;
}

async function identify(connection: Connection, headers: Record<string, string>): Promise<ClientInfo> {
  const { trust, from, url = 'http://app.example/', onUntrustedProxy = () => {} } = connection;
  const resolveClient = createClientResolver({
    remoteAddress: () => from,
    trust: parseTrustProxy(trust) as TrustProxy,
    onUntrustedProxy,
    newRequestId: () => FRESH_ID,
  });
  const app = new Hono().get('/', (c) => c.json(resolveClient(c)));
  const response = await app.request(url, { headers });
  return (await response.json()) as ClientInfo;
}

describe('the address of a client', () => {
  test.each([
    [NGINX, { 'X-Real-IP': CLIENT }],
    [NGINX, { 'X-Real-IP': CLIENT, 'X-Forwarded-For': '198.51.100.1', 'CF-Connecting-IP': '198.51.100.1' }],
    [NGINX, { 'X-Real-IP': `${CLIENT}:443` }],
    [APPENDING, { 'X-Forwarded-For': CLIENT }],
    [APPENDING, { 'X-Forwarded-For': `${CLIENT}:443` }],
    [APPENDING, { 'X-Forwarded-For': `10.0.0.9, 6.6.6.6, ${CLIENT}:51234` }],
    [APPENDING, { 'X-Forwarded-For': CLIENT, 'X-Real-IP': '10.1.1.1' }],
    [TWO_HOPS, { 'X-Forwarded-For': `6.6.6.6, ${CLIENT}, 192.0.2.9` }],
    [TWO_HOPS, { 'X-Forwarded-For': `6.6.6.6,${CLIENT}:1,[2001:db8::9]:2` }],
    [CLOUDFLARE, { 'CF-Connecting-IP': CLIENT, 'X-Real-IP': '10.1.1.1', 'X-Forwarded-For': '10.1.1.1' }],
  ])('with %j is found in %j', async (trust, headers) => {
    const client = await identify({ trust, from: PROXY }, headers as Record<string, string>);
    expect(client).toMatchObject({ clientIp: CLIENT, isVerified: true });
  });

  test.each([
    [NGINX, {}],
    [NGINX, { 'X-Forwarded-For': CLIENT }],
    [NGINX, { 'X-Real-IP': 'unknown' }],
    [NGINX, { 'X-Real-IP': `${CLIENT}, 6.6.6.6` }],
    [APPENDING, {}],
    [APPENDING, { 'X-Real-IP': CLIENT }],
    [APPENDING, { 'X-Forwarded-For': '' }],
    [APPENDING, { 'X-Forwarded-For': `${CLIENT}, unknown` }],
    [APPENDING, { 'X-Forwarded-For': `${CLIENT}, _hidden` }],
    [APPENDING, { 'X-Forwarded-For': `${CLIENT}, ` }],
    [TWO_HOPS, { 'X-Forwarded-For': CLIENT }],
    [TWO_HOPS, { 'X-Forwarded-For': `${CLIENT}, unknown` }],
    [CLOUDFLARE, { 'X-Forwarded-For': CLIENT }],
  ])("with %j is unknown, and not the proxy's, from %j", async (trust, headers) => {
    const client = await identify({ trust, from: PROXY }, headers as Record<string, string>);
    expect(client).toMatchObject({ clientIp: 'unknown', isVerified: false });
  });

  test.each(['none', NGINX, APPENDING, CLOUDFLARE])(
    'with %j is the address of an untrusted connection, whatever its headers',
    async (trust) => {
      const headers = { 'X-Real-IP': '10.1.1.1', 'X-Forwarded-For': '10.1.1.1', 'CF-Connecting-IP': '10.1.1.1' };
      expect(await identify({ trust, from: CLIENT }, headers)).toMatchObject({ clientIp: CLIENT });
    },
  );

  test('is unknown where the runtime does not know it', async () => {
    expect(await identify({ trust: 'none', from: undefined }, {})).toMatchObject({
      clientIp: 'unknown',
      isVerified: false,
    });
  });
});

describe('a client is verified', () => {
  test('that connects directly', async () => {
    expect(await identify({ trust: 'none', from: '10.0.0.9' }, {})).toMatchObject({ isVerified: true });
  });

  test.each([
    'X-Forwarded-For',
    'X-Real-IP',
    'X-Client-IP',
    'True-Client-IP',
    'CF-Connecting-IP',
    'X-Forwarded-Proto',
    'X-Forwarded-Host',
    'Forwarded',
    'Via',
  ])('but not behind an untrusted proxy, which %s reveals', async (name) => {
    const onUntrustedProxy = vi.fn();
    const client = await identify({ trust: 'none', from: PROXY, onUntrustedProxy }, { [name]: 'x' });
    expect(client).toMatchObject({ clientIp: PROXY, isVerified: false });
    expect(onUntrustedProxy.mock.calls).toEqual([[PROXY]]);
  });

  test('but not when the trusted balancer marks it as unverified', async () => {
    const headers = { 'X-Real-IP': '10.0.0.9', 'X-Mooring-Client': 'unverified' };
    expect(await identify({ trust: NGINX, from: PROXY }, headers)).toMatchObject({ isVerified: false });
  });
});

describe('the scheme', () => {
  test.each([
    [NGINX, 'https', 'https'],
    [APPENDING, 'HTTPS', 'https'],
    [APPENDING, 'https, http', 'http'],
    [TWO_HOPS, 'https, http', 'https'],
    [TWO_HOPS, 'http, https, http', 'https'],
    [TWO_HOPS, 'https', 'https'],
    [CLOUDFLARE, 'https', 'https'],
    [NGINX, 'gopher', 'http'],
    ['none', 'https', 'http'],
  ])('with %j and %j is %s', async (trust, proto, scheme) => {
    expect(await identify({ trust, from: PROXY }, { 'X-Forwarded-Proto': proto })).toMatchObject({ scheme });
  });

  test("without a trusted proxy is the request's own", async () => {
    const url = 'https://app.example/';
    expect(await identify({ trust: 'none', from: CLIENT, url }, {})).toMatchObject({ scheme: 'https' });
  });
});

test.each([
  ['none', ['app.example']],
  [NGINX, ['shop.example', 'proxy', 'app.example']],
  [APPENDING, ['shop.example', 'proxy', 'app.example']],
  [CLOUDFLARE, ['app.example']],
])('with %j the hosts are %j', async (trust, hosts) => {
  const headers = { Host: 'app.example', 'X-Forwarded-Host': 'shop.example, proxy' };
  expect(await identify({ trust, from: PROXY }, headers)).toMatchObject({ hosts });
});

describe('the request id', () => {
  test.each([
    'a',
    '0123456789abcdef0123456789abcdef',
    '9f3c1c7e-6c1f-4c76-9d3b-2a5e6f7a8b9c',
    'Root=1-67891233-abcdef012345678912345678',
    'x'.repeat(64),
  ])('from our own balancers is kept: %s', async (requestId) => {
    expect(await identify({ trust: NGINX, from: PROXY }, { 'X-Request-ID': requestId })).toMatchObject({ requestId });
  });

  test.each(['', 'x'.repeat(65), 'two words', '<script>', 'a"b', 'a,b'])(
    'from our own balancers is replaced when invalid: %j',
    async (requestId) => {
      const client = await identify({ trust: NGINX, from: PROXY }, { 'X-Request-ID': requestId });
      expect(client).toMatchObject({ requestId: FRESH_ID });
    },
  );

  test.each([
    ['none', PROXY],
    [APPENDING, PROXY],
    [TWO_HOPS, PROXY],
    [CLOUDFLARE, PROXY],
    [NGINX, CLIENT],
  ])('with %j from %s is new, because the client may have sent it', async (trust, from) => {
    expect(await identify({ trust, from }, { 'X-Request-ID': 'same' })).toMatchObject({ requestId: FRESH_ID });
  });

  test("has Nginx' form and is unique", () => {
    const ids = Array.from({ length: 100 }, newRequestId);
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(FRESH_REQUEST_ID);
  });

  test('sorts after earlier ones in the database', () => {
    const earlier = newRequestId();
    vi.useFakeTimers({ now: Date.now() + 1 });
    onTestFinished(() => void vi.useRealTimers());
    expect(newRequestId() > earlier).toBe(true);
  });
});
