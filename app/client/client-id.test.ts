import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { calledBy } from '../../testkit/http/client-info.ts';
import type { AppEnv } from '../env.ts';
import { createKeepClientId, readClientId } from './client-id.ts';

const ID = '0123456789abcdef01234567';
const NOW_SECONDS = 0x6a000000;
const ATTRIBUTES = 'Max-Age=300; Path=/; HttpOnly';

/** Returns the cookie's value when it was set this long ago. */
const setAgo = (seconds: number) => `${ID}${(NOW_SECONDS - seconds).toString(16)}`;

async function ask(headers: Record<string, string> = {}, scheme: 'http' | 'https' = 'http') {
  const keepClientId = createKeepClientId(() => NOW_SECONDS * 1000 + 999);
  const app = new Hono<AppEnv>()
    .use(calledBy({ scheme }))
    .use(async (c, next) => {
      await next();
      keepClientId(c, readClientId(c));
    })
    .get('/', (c) => c.json({ id: readClientId(c)?.id ?? null }))
    .get('/end', (c) => c.body(null, 200, { 'Set-Cookie': 'client_id=; Max-Age=0' }));
  const response = await app.request('/', { headers });
  const ended = await app.request('/end', { headers });
  expect(ended.headers.getSetCookie()).toEqual(['client_id=; Max-Age=0']);
  return { ...((await response.json()) as { id: string | null }), cookies: response.headers.getSetCookie() };
}

test.each([0, 1, 59, -59])('a client whose cookie was set %i seconds ago keeps it', async (seconds) => {
  expect(await ask({ Cookie: `srv_id=a; client_id=${setAgo(seconds)}` })).toEqual({ id: ID, cookies: [] });
});

test.each([60, 299, 1_000_000, -60])(
  'a client whose cookie was set %i seconds ago keeps its id for another five minutes',
  async (seconds) => {
    expect(await ask({ Cookie: `client_id=${setAgo(seconds)}` })).toEqual({
      id: ID,
      cookies: [`client_id=${setAgo(0)}; ${ATTRIBUTES}; SameSite=Lax`],
    });
  },
);

test.each([
  '',
  'client_id=',
  'client_id=short',
  `client_id=${setAgo(0).toUpperCase()}`,
  `client_id=${setAgo(0)}0`,
  'client_id="<b>"',
])('a client that sends %j has no id, and gets a new one', async (cookie) => {
  const [first, second] = [await ask({ Cookie: cookie }), await ask({ Cookie: cookie })];
  expect([first.id, first.cookies.length]).toEqual([null, 1]);
  expect(first.cookies).not.toEqual(second.cookies);
  const [given = ''] = first.cookies[0]?.split(';') ?? [];
  expect(await ask({ Cookie: given })).toEqual({ id: given.slice('client_id='.length, -8), cookies: [] });
});

test('the id of a request is not the id of its client', async () => {
  const { cookies } = await ask({ 'X-Request-ID': ID });
  expect(cookies.join()).not.toContain(ID);
});

test.each([
  ['https', `${ATTRIBUTES}; Secure; SameSite=Lax`],
  ['http', `${ATTRIBUTES}; SameSite=Lax`],
] as const)('the cookie is Secure only for a client whose resolved scheme is HTTPS: %s', async (scheme, attributes) => {
  const { cookies } = await ask({ 'X-Forwarded-Proto': scheme === 'http' ? 'https' : 'http' }, scheme);
  expect(cookies).toEqual([expect.stringMatching(new RegExp(`^client_id=[0-9a-f]{32}; ${attributes}$`))]);
});
