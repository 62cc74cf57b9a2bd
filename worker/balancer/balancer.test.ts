import { expect, test, vi } from 'vitest';
import { createBalancer } from './balancer.ts';
import { createRequestLimits } from './request-limits.ts';

vi.mock('cloudflare:sockets', () => ({ connect: () => {} }));
vi.mock('./gateway-error.ts', () => ({ sendGatewayError: () => {} }));

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const LIMIT = { perClient: 1, total: 1 };

function setUp() {
  return createBalancer({
    upstream: { select: () => ({ next: () => undefined }) } as never,
    resolveClient: () => ({ clientIp: '192.0.2.1' }) as never,
    connectTimeoutMs: 1000,
    readTimeoutMs: 1000,
    bodyTimeoutMs: 1000,
    limits: createRequestLimits({ request: LIMIT, upload: LIMIT, stream: LIMIT, bodyBytes: LIMIT }),
    log: SILENT,
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
