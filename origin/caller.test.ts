import { Hono } from 'hono';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { FRESH_REQUEST_ID } from '../tests/support/request-id.ts';
import { type Caller, createIdentifyCaller, newRequestId } from './caller.ts';

const BALANCER = '10.0.0.1';
const INNER_BALANCER = '10.0.0.2';
const CLIENT = '203.0.113.7';
const FRESH_ID = 'fresh';

async function identify(remoteIp: string, headers: Record<string, string>): Promise<Caller> {
  const identifyCaller = createIdentifyCaller({
    remoteAddress: () => remoteIp,
    isTrustedProxy: (ip) => ip.startsWith('10.'),
    isIp: (word) => /^[\d.]+$|^[\da-f:]+$/.test(word),
    newRequestId: () => FRESH_ID,
  });
  const app = new Hono().get('/', (c) => c.json(identifyCaller(c)));
  const response = await app.request('/', { headers });
  return (await response.json()) as Caller;
}

describe('the client IP', () => {
  test.each([
    ['X-Real-IP', { 'X-Real-IP': CLIENT }, CLIENT],
    ['X-Real-IP before X-Forwarded-For', { 'X-Real-IP': CLIENT, 'X-Forwarded-For': '198.51.100.1' }, CLIENT],
    ['X-Real-IP in IPv6', { 'X-Real-IP': '2001:db8::7' }, '2001:db8::7'],
    ['the only hop', { 'X-Forwarded-For': CLIENT }, CLIENT],
    ['the last hop that is no balancer', { 'X-Forwarded-For': `198.51.100.1, ${CLIENT} , ${INNER_BALANCER}` }, CLIENT],
    ['the hops where X-Real-IP is no address', { 'X-Real-IP': 'me', 'X-Forwarded-For': CLIENT }, CLIENT],
    ['an address among hops that are none', { 'X-Forwarded-For': `${CLIENT}, unknown, ` }, CLIENT],
    ['the balancer itself without headers', {}, BALANCER],
    ['the balancer itself where all hops are balancers', { 'X-Forwarded-For': INNER_BALANCER }, BALANCER],
    ['the balancer itself where no hop is an address', { 'X-Forwarded-For': "'; drop table" }, BALANCER],
  ])('from a balancer is %s', async (_what, headers, clientIp) => {
    expect(await identify(BALANCER, headers as Record<string, string>)).toMatchObject({ clientIp });
  });

  test('from anybody else is the address of the connection', async () => {
    const headers = { 'X-Real-IP': '198.51.100.1', 'X-Forwarded-For': '198.51.100.2' };
    expect(await identify(CLIENT, headers)).toMatchObject({ clientIp: CLIENT });
  });
});

describe('the request id', () => {
  test.each([
    'a',
    '0123456789abcdef0123456789abcdef',
    '9f3c1c7e-6c1f-4c76-9d3b-2a5e6f7a8b9c',
    'Root=1-67891233-abcdef012345678912345678',
    'x'.repeat(64),
  ])('of a balancer is kept: %s', async (requestId) => {
    expect(await identify(BALANCER, { 'X-Request-ID': requestId })).toMatchObject({ requestId });
  });

  test.each(['', 'x'.repeat(65), 'two words', '<script>', 'a"b', 'a,b'])(
    'of a balancer is replaced where it is no token: %j',
    async (requestId) => {
      expect(await identify(BALANCER, { 'X-Request-ID': requestId })).toMatchObject({ requestId: FRESH_ID });
    },
  );

  test('is fresh where the balancer gives none', async () => {
    expect(await identify(BALANCER, {})).toMatchObject({ requestId: FRESH_ID });
  });

  test("is fresh whatever a client's own header says", async () => {
    expect(await identify(CLIENT, { 'X-Request-ID': 'mine' })).toMatchObject({ requestId: FRESH_ID });
  });

  test("has the form of Nginx's and is another each time", () => {
    const ids = Array.from({ length: 100 }, newRequestId);
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(FRESH_REQUEST_ID);
  });

  test('comes after those before it in the order of the database', () => {
    const earlier = newRequestId();
    vi.useFakeTimers({ now: Date.now() + 1 });
    onTestFinished(() => void vi.useRealTimers());
    expect(newRequestId() > earlier).toBe(true);
  });
});
