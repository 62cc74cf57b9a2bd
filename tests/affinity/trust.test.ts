import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { FRESH_REQUEST_ID } from '../../testkit/http/request-id.ts';
import { createStage } from './fixture.ts';

/** The address that this file's clients connect from. */
const CONNECTION = '127.0.0.1';
const CLIENT = '203.0.113.7';

type Seen = Record<string, string | undefined>;
type Case = [headers: Record<string, string>, seen: Seen];

const verified = (ip: string): Seen => ({ 'x-real-ip': ip, 'x-mooring-client': undefined });
const unverified = (ip: string): Seen => ({ 'x-real-ip': ip, 'x-mooring-client': 'unverified' });
const UNKNOWN: Seen = { 'x-real-ip': 'unknown', 'x-forwarded-for': 'unknown' };

const APPENDED: Case[] = [
  [{ 'X-Forwarded-For': CLIENT }, verified(CLIENT)],
  [{ 'X-Forwarded-For': `${CLIENT}:443` }, verified(CLIENT)],
  [{ 'X-Forwarded-For': '[2001:db8::7]:443' }, verified('2001:db8::7')],
  [{ 'X-Forwarded-For': '2001:db8::7' }, verified('2001:db8::7')],
  [{ 'X-Forwarded-For': `10.0.0.9, 6.6.6.6, ${CLIENT}:51234` }, verified(CLIENT)],
  [{ 'X-Forwarded-For': CLIENT, 'X-Real-IP': '10.1.1.1', 'CF-Connecting-IP': '10.1.1.1' }, verified(CLIENT)],
  [{ 'X-Forwarded-For': `${CLIENT}, unknown` }, UNKNOWN],
  [{ 'X-Forwarded-For': `${CLIENT}, _hidden` }, UNKNOWN],
  [{ 'X-Forwarded-For': `${CLIENT}, 999.1.1.1` }, UNKNOWN],
  [{ 'X-Forwarded-For': `${CLIENT}, 1:2` }, UNKNOWN],
  [{ 'X-Forwarded-For': `${CLIENT}, ` }, UNKNOWN],
  [{ 'X-Real-IP': CLIENT }, UNKNOWN],
  [{}, UNKNOWN],
  [{ 'X-Request-ID': 'same' }, { 'x-request-id': expect.stringMatching(FRESH_REQUEST_ID) }],
  [{ 'X-Forwarded-Proto': 'https' }, { 'x-forwarded-proto': 'https' }],
  [{ 'X-Forwarded-Proto': 'https, http' }, { 'x-forwarded-proto': 'http' }],
  [{ 'X-Forwarded-Host': 'app.example' }, { 'x-forwarded-host': expect.stringMatching(/^app\.example/) }],
];

const CASES: Record<string, Case[]> = {
  none: [
    [{}, verified(CONNECTION)],
    [{ 'X-Forwarded-For': '10.1.1.1' }, unverified(CONNECTION)],
    [{ 'X-Real-IP': '10.1.1.1' }, unverified(CONNECTION)],
    [{ Forwarded: 'for=10.1.1.1' }, unverified(CONNECTION)],
    [{ 'X-Mooring-Client': 'unverified' }, verified(CONNECTION)],
    [{ 'X-Request-ID': 'same' }, { 'x-request-id': expect.stringMatching(FRESH_REQUEST_ID) }],
    [{ 'X-Forwarded-Proto': 'https' }, { 'x-forwarded-proto': 'http' }],
    [{ 'X-Forwarded-Host': 'app.example' }, { 'x-forwarded-host': expect.stringMatching(/^127\.0\.0\.1:\d+$/) }],
  ],
  // No client here is in one of these networks.
  'x-forwarded-for:1 from 10.0.0.0/8,2001:db8::/32': [[{ 'X-Forwarded-For': '10.1.1.1' }, unverified(CONNECTION)]],
  'nginx from loopback': [
    [{ 'X-Real-IP': CLIENT, 'X-Forwarded-For': '10.1.1.1' }, verified(CLIENT)],
    [{ 'X-Real-IP': `${CLIENT}, 10.1.1.1` }, UNKNOWN],
    [{ 'X-Forwarded-For': CLIENT }, UNKNOWN],
    [{ 'X-Real-IP': CLIENT, 'X-Mooring-Client': 'unverified' }, unverified(CLIENT)],
    [{ 'X-Request-ID': 'same' }, { 'x-request-id': 'same' }],
    [{ 'X-Forwarded-Proto': 'https' }, { 'x-forwarded-proto': 'https' }],
  ],
  'x-forwarded-for:1 from loopback': APPENDED,
  'x-forwarded-for:2 from loopback, private': [
    [{ 'X-Forwarded-For': `6.6.6.6, ${CLIENT}, 192.0.2.9` }, verified(CLIENT)],
    [{ 'X-Forwarded-For': `6.6.6.6,${CLIENT}:1,[2001:db8::9]:2` }, verified(CLIENT)],
    [{ 'X-Forwarded-For': `${CLIENT}, unknown` }, UNKNOWN],
    [{ 'X-Forwarded-For': CLIENT }, UNKNOWN],
    [{ 'X-Forwarded-Proto': 'https, http' }, { 'x-forwarded-proto': 'https' }],
    [{ 'X-Forwarded-Proto': 'http, https, http' }, { 'x-forwarded-proto': 'https' }],
    [{ 'X-Forwarded-Proto': 'https' }, { 'x-forwarded-proto': 'https' }],
  ],
  'cloudflare from loopback': [
    [{ 'CF-Connecting-IP': CLIENT, 'X-Real-IP': '10.1.1.1', 'X-Forwarded-For': '10.1.1.1' }, verified(CLIENT)],
    [{ 'X-Forwarded-For': CLIENT }, UNKNOWN],
    [{ 'X-Forwarded-Host': 'app.example' }, { 'x-forwarded-host': expect.stringMatching(/^127\.0\.0\.1:\d+$/) }],
  ],
};

describe.each(fronts)('which proxies %s trusts about its clients', (kind) => {
  describe.each(Object.entries(CASES))('with TRUST_PROXY=%s', (trustProxy, cases) => {
    let staged: Awaited<ReturnType<typeof createStage<['A']>>>;
    beforeAll(async () => {
      staged = await createStage(kind, ['A'], { trustProxy });
    });
    afterAll(() => staged[0].close());

    test.each(cases)('V6: %j', async (headers, seen) => {
      const [front, a] = staged;
      await front.get({ headers });
      const asSeen = a.requests.at(-1)?.headers ?? {};
      expect(Object.fromEntries(Object.keys(seen).map((name) => [name, asSeen[name]]))).toEqual(seen);
    });
  });
});
