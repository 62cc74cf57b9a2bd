import { isIP } from 'node:net';
import fc from 'fast-check';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { parseForwardedAddress } from '../lib/ip-address.ts';
import { type ClientInfo, createClientResolver } from './client-info.ts';
import { parseTrustProxy, type TrustProxy } from './trust-proxy.ts';

const BALANCER = '10.0.0.1';
const FRESH_ID = 'fresh';

async function identify(trust: string, remoteIp: string, headers: Record<string, string>): Promise<ClientInfo> {
  const resolveClient = createClientResolver({
    remoteAddress: () => remoteIp,
    trust: parseTrustProxy(trust) as TrustProxy,
    newRequestId: () => FRESH_ID,
  });
  const app = new Hono().get('/', (c) => c.json(resolveClient(c)));
  return (await app.request('/', { headers })).json() as Promise<ClientInfo>;
}

const headerText = fc.string({
  unit: fc.constantFrom(...' ,;:=./-"%[]', ...'0123456789', ...'abcXYZ', '\u00e9', '\t'),
});
const word = fc.oneof(headerText, fc.ipV4(), fc.ipV6(), fc.constant(BALANCER), fc.constant('unknown'));
const hops = fc.array(word, { maxLength: 6 });
const optional = { requiredKeys: [] };
const said = fc.record({ 'X-Real-IP': word, 'X-Request-ID': fc.oneof(word, headerText) }, optional);
const presets = fc.constantFrom('nginx', 'x-forwarded-for:1', 'x-forwarded-for:2', 'cloudflare');

test("V6: whatever headers a client sends, it has its connection's address and a new request id", async () => {
  await fc.assert(
    fc.asyncProperty(presets, said, hops, fc.ipV4(), async (preset, headers, forwarded, ip) => {
      fc.pre(!ip.startsWith('10.'));
      const all = { ...headers, 'X-Forwarded-For': forwarded.join(', ') };
      const client = await identify(`${preset} from 10.0.0.0/8`, ip, all);
      expect(client).toMatchObject({ clientIp: ip, requestId: FRESH_ID });
    }),
  );
});

test("V6: elements that a client sends in front of the balancer's change nothing", async () => {
  await fc.assert(
    fc.asyncProperty(said, hops, word, async (headers, forged, appended) => {
      fc.pre(!appended.includes(','));
      const trust = 'x-forwarded-for:1 from 10.0.0.0/8';
      const all = { ...headers, 'X-Forwarded-For': [...forged, appended].join(', ') };
      const { clientIp, isVerified, requestId } = await identify(trust, BALANCER, all);
      expect(clientIp).toBe(parseForwardedAddress(appended) ?? 'unknown');
      expect([isVerified, requestId]).toEqual([clientIp !== 'unknown', FRESH_ID]);
    }),
  );
});

test('V6: a client address is an address or "unknown", whatever a balancer sends', async () => {
  await fc.assert(
    fc.asyncProperty(presets, said, hops, async (preset, headers, forwarded) => {
      const all = { ...headers, 'X-Forwarded-For': forwarded.join(', ') };
      const { clientIp } = await identify(`${preset} from 10.0.0.0/8`, BALANCER, all);
      if (clientIp !== 'unknown') expect(isIP(clientIp)).not.toBe(0);
    }),
  );
});

test('V3: a request id is 1 to 64 plain characters, whatever a balancer sends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(headerText, fc.stringMatching(/^[\w.:+/=-]{1,70}$/)), async (id) => {
      const { requestId } = await identify('nginx from 10.0.0.0/8', BALANCER, { 'X-Request-ID': id });
      expect(requestId).toMatch(/^[\w.:+/=-]{1,64}$/);
      expect([id.trim(), FRESH_ID]).toContain(requestId);
    }),
  );
});
