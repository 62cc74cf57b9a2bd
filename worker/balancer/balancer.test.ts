import { assert, expect, test, vi } from 'vitest';
import { type BalancerOptions, createBalancer } from './balancer.ts';
import { createEdgeFigures } from './edge-figures.ts';
import { createRequestLimits } from './request-limits.ts';

vi.mock('cloudflare:sockets', () => ({ connect: () => {} }));
vi.mock('./gateway-error.ts', () => ({ sendGatewayError: () => {} }));

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const LIMIT = { perClient: 1, total: 1 };

function setUp(options: Partial<BalancerOptions> = {}) {
  return createBalancer({
    upstream: { select: () => ({ next: () => undefined }) } as never,
    resolveClient: () => ({ clientIp: '192.0.2.1', requestId: 'an id', hosts: [], scheme: 'http', isVerified: true }),
    connectTimeoutMs: 1000,
    readTimeoutMs: 1000,
    bodyTimeoutMs: 1000,
    sizes: { bodyBytes: 1000, headerBytes: 1000, headerFields: 10 },
    limits: createRequestLimits({ request: LIMIT, upload: LIMIT, stream: LIMIT, bodyBytes: LIMIT }),
    log: SILENT,
    ...options,
  });
}

test('TRACE gets a 405 with the methods that are allowed, and a body like that of every other error', async () => {
  const request = new Request('http://edge/', { headers: { Accept: 'application/json' } });
  // `fetch` refuses to make such a request.
  Object.defineProperty(request, 'method', { value: 'TRACE' });
  const response = await setUp().fetch(request);
  expect(response.status).toBe(405);
  expect(response.headers.get('Allow')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
  expect(await response.json()).toEqual({ error: { status: 405, message: 'TRACE is not allowed.' } });
});

/** A request of method GET, and what it leaves behind. */
async function ask(url: string, options: Partial<BalancerOptions>) {
  const lines: object[] = [];
  const errors: object[] = [];
  const figures = createEdgeFigures();
  const log = {
    ...SILENT,
    info: (fields: object) => lines.push(fields),
    error: (fields: object) => errors.push(fields),
  };
  const app = setUp({ ...options, log, figures, accessLog: { linesPerSecond: 1 } });
  const context = { waitUntil() {}, passThroughOnException() {}, props: {} };
  const response = await app.fetch(new Request(url, { headers: { Host: 'edge' } }), {}, context);
  const { inFlight, requests } = figures.report([]);
  return { response, lines, errors, inFlight, counted: requests.filter(({ count }) => count > 0) };
}

const failing = { select: () => assert.fail('a bug') } as never;

test('a request whose handling fails is answered 500, logged and counted', async () => {
  const { response, lines, errors, inFlight, counted } = await ask('http://edge/', { upstream: failing });
  expect(response.status).toBe(500);
  expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(errors).toMatchObject([{ error: { message: 'a bug' } }]);
  expect(lines).toMatchObject([{ status: 500 }]);
  expect(inFlight).toBe(0);
  expect(counted).toMatchObject([{ status: 500, affinity: 'none' }]);
});

test('the log has the path without its query', async () => {
  const { lines } = await ask('http://edge/path?secret', { upstream: failing });
  expect(lines).toMatchObject([{ method: 'GET', path: '/path' }]);
});
