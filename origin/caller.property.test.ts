import { isIP } from 'node:net';
import fc from 'fast-check';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { type Caller, createIdentifyCaller } from './caller.ts';

const BALANCER = '10.0.0.1';
const FRESH_ID = 'fresh';

const isTrustedProxy = (ip: string) => ip.startsWith('10.');

async function identify(remoteIp: string, headers: Record<string, string>): Promise<Caller> {
  const isIp = (word: string) => isIP(word) !== 0;
  const options = { remoteAddress: () => remoteIp, isTrustedProxy, isIp, newRequestId: () => FRESH_ID };
  const identifyCaller = createIdentifyCaller(options);
  const app = new Hono().get('/', (c) => c.json(identifyCaller(c)));
  return (await app.request('/', { headers })).json() as Promise<Caller>;
}

const headerText = fc.string({ unit: fc.constantFrom(...' ,;:=./-"%', ...'0123456789', ...'abcXYZ', '\u00e9', '\t') });
const word = fc.oneof(headerText, fc.ipV4(), fc.ipV6(), fc.constant(BALANCER), fc.constant('10.9.9.9'));
const hops = fc.array(word, { maxLength: 6 });
const optional = { requiredKeys: [] };
const said = fc.record({ 'X-Real-IP': word, 'X-Request-ID': fc.oneof(word, headerText) }, optional);

test('V6: whatever a client says, its address is that of its connection and its request id a fresh one', async () => {
  await fc.assert(
    fc.asyncProperty(said, hops, fc.ipV4(), async (headers, forwarded, ip) => {
      fc.pre(!isTrustedProxy(ip));
      const caller = await identify(ip, { ...headers, 'X-Forwarded-For': forwarded.join(', ') });
      expect(caller).toEqual({ clientIp: ip, requestId: FRESH_ID });
    }),
  );
});

test('V6: of what a balancer says X-Real-IP counts, then the last hop that is no balancer, then its own address', async () => {
  await fc.assert(
    fc.asyncProperty(said, hops, async (headers, forwarded) => {
      const { clientIp } = await identify(BALANCER, { ...headers, 'X-Forwarded-For': forwarded.join(', ') });
      const words = forwarded.flatMap((hop) => hop.split(',')).map((hop) => hop.trim());
      const outside = words.filter((hop) => isIP(hop) !== 0 && !isTrustedProxy(hop));
      const realIp = headers['X-Real-IP']?.trim() ?? '';
      expect(clientIp).toBe(isIP(realIp) ? realIp : (outside.at(-1) ?? BALANCER));
      expect(isIP(clientIp)).not.toBe(0);
    }),
  );
});

test('V3: a request id is 1 to 64 plain characters, whatever a balancer says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(headerText, fc.stringMatching(/^[\w.:+/=-]{1,70}$/)), async (id) => {
      const { requestId } = await identify(BALANCER, { 'X-Request-ID': id });
      expect(requestId).toMatch(/^[\w.:+/=-]{1,64}$/);
      expect([id.trim(), FRESH_ID]).toContain(requestId);
    }),
  );
});
