import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { answers } from '../../testkit/replicas/behaviours.ts';
import { stage } from './fixture.ts';

function expiresIn([affinityCookie]: string[]): string {
  return affinityCookie?.match(/expires=([^;]*)/)?.[1] ?? '';
}

describe.each(fronts)('the cookie that %s sets', (kind) => {
  test('A1: its value is the lowercase hexadecimal MD5 of the ip:port of the peer', async () => {
    const [front, a] = await stage(kind, ['A']);
    const md5 = createHash('md5').update(a.address).digest('hex');
    expect((await front.get()).setCookies).toEqual([expect.stringMatching(`^srv_id=${md5};`)]);
  });

  test("A1: its value is the peer's route unchanged, if the peer has one", async () => {
    const [front] = await stage(kind, ['A route=r.1_a-B', 'B route=r2']);
    expect((await front.get()).setCookies).toEqual([expect.stringMatching(/^srv_id=r\.1_a-B;/)]);
    expect(await front.ask({ cookie: 'srv_id=r2' })).toBe('200 from B, cookie of r2');
  });

  test.each([
    { cookieSecure: false, scheme: 'http' },
    { cookieSecure: true, scheme: 'https' },
  ])(
    'replicas learn that clients use $scheme, for cookies of their own (secure: $cookieSecure)',
    async ({ cookieSecure, scheme }) => {
      const [front, a] = await stage(kind, ['A'], { cookieSecure });
      await front.get();
      expect(a.requests[0]?.headers['x-forwarded-proto']).toBe(scheme);
    },
  );

  test.each([
    { cookieSecure: false, flags: 'httponly' },
    { cookieSecure: true, flags: 'httponly; secure' },
  ])('A2: its text, attribute by attribute (secure: $cookieSecure)', async ({ cookieSecure, flags }) => {
    const [front, a] = await stage(kind, ['A'], { cookieSecure });
    const sentAtMs = Date.now();
    const { setCookies } = await front.get();
    const answeredAtMs = Date.now();

    const expires = expiresIn(setCookies);
    expect(setCookies).toEqual([`srv_id=${a.sid}; expires=${expires}; max-age=300; ${flags}; samesite=lax; path=/`]);
    expect(expires).toMatch(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/);
    const mooredFromMs = Date.parse(expires) - 300_000;
    expect(mooredFromMs).toBeGreaterThan(sentAtMs - 1000);
    expect(mooredFromMs).toBeLessThanOrEqual(answeredAtMs);
  });

  test.each([200, 204, 206, 301, 304, 400, 404, 429, 500, 502, 504])(
    'A2: it is set again on a %i, whether the client has it or not',
    async (status) => {
      const [front, a] = await stage(kind, ['A']);
      a.behave(answers(status, { Location: '/elsewhere' }));
      expect(await front.ask()).toBe(`${status} from A, cookie of A`);
      expect(await front.ask({ as: a })).toBe(`${status} from A, cookie of A`);
    },
  );

  test.each(['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'A2: it is set on the answer to %s',
    async (method) => {
      const [front, a] = await stage(kind, ['A']);
      expect(await front.ask({ method, as: a })).toBe('200 from A, cookie of A');
    },
  );

  test('A2: every answer extends its lifetime to five minutes', async () => {
    const [front, a] = await stage(kind, ['A']);
    const expiryMs = async () => Date.parse(expiresIn((await front.get({ as: a })).setCookies));
    const firstMs = await expiryMs();
    await expect.poll(expiryMs, { timeout: 10_000 }).toBeGreaterThan(firstMs);
  });

  test("A10: a peer's own cookies, one of the same name too, stay as they are and follow it", async () => {
    const [front, a] = await stage(kind, ['A']);
    const own = ['srv_id=mine; Path=/', 'theme=dark; Secure', 'srv_id=again'];
    a.behave(answers(200, { 'Set-Cookie': own }));
    const { setCookies } = await front.get();
    expect(setCookies).toEqual([expect.stringMatching(`^srv_id=${a.sid}; expires=`), ...own]);
  });

  test('A2: the front itself rejects TRACE, and sets none', async () => {
    const [front, a] = await stage(kind, ['A']);
    expect(await front.ask({ method: 'TRACE', as: a })).toBe('405 from the front, no cookie');
    expect(a.requests).toEqual([]);
  });
});
