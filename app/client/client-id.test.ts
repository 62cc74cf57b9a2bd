import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { calledBy } from '../../testkit/http/client-info.ts';
import type { AppEnv } from '../env.ts';
import { moorClientId, readClientId } from './client-id.ts';

const createApp = (scheme: 'http' | 'https') =>
  new Hono<AppEnv>()
    .use(calledBy({ scheme }))
    .get('/moor', (c) => c.text(moorClientId(c)))
    .get('/read', (c) => c.json({ id: readClientId(c) ?? null }));

const ID = '0123456789abcdef0123456789abcdef';
const ATTRIBUTES = 'Max-Age=300; Path=/; HttpOnly';

async function moor(headers: Record<string, string> = {}, scheme: 'http' | 'https' = 'http') {
  const response = await createApp(scheme).request('/moor', { headers });
  return { id: await response.text(), cookies: response.headers.getSetCookie() };
}

test('a client that sends its id keeps it for another five minutes', async () => {
  expect(await moor({ Cookie: `srv_id=a; client_id=${ID}` })).toEqual({
    id: ID,
    cookies: [`client_id=${ID}; ${ATTRIBUTES}; SameSite=Lax`],
  });
});

test.each([
  '',
  'client_id=',
  'client_id=short',
  `client_id=${ID.toUpperCase()}`,
  `client_id=${ID}0`,
  'client_id="<b>"',
])('a client that sends %j gets a new valid id', async (cookie) => {
  const [first, second] = [await moor({ Cookie: cookie }), await moor({ Cookie: cookie })];
  expect(first.id).not.toBe(second.id);
  expect(await moor({ Cookie: `client_id=${first.id}` })).toEqual(first);
});

test('the id of a request is not the id of its client', async () => {
  expect((await moor({ 'X-Request-ID': ID })).id).not.toBe(ID);
});

test.each([
  ['https', `${ATTRIBUTES}; Secure; SameSite=Lax`],
  ['http', `${ATTRIBUTES}; SameSite=Lax`],
] as const)('the cookie is Secure only for a client whose resolved scheme is HTTPS: %s', async (scheme, attributes) => {
  const { id, cookies } = await moor({ 'X-Forwarded-Proto': scheme === 'http' ? 'https' : 'http' }, scheme);
  expect(cookies).toEqual([`client_id=${id}; ${attributes}`]);
});

test.each([
  [`client_id=${ID}`, ID],
  ['client_id=x', null],
  ['', null],
])('the id in %j is %j', async (cookie, id) => {
  expect(await (await createApp('http').request('/read', { headers: { Cookie: cookie } })).json()).toEqual({ id });
});
