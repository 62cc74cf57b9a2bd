import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { createMemorySessions } from '../../testkit/stores/memory-sessions.ts';
import { type SessionEnv, sessions } from './middleware.ts';

declare module './session-data.ts' {
  interface SessionData {
    testList?: string[];
  }
}

const ID = '[\\w-]{43}';

/** An app with a route for each thing that a handler can do with a session. */
function createTestApp(scheme: 'http' | 'https' = 'http') {
  let requests = 0;
  return new Hono<SessionEnv>()
    .use(async (c, next) => {
      c.set('client', { requestId: `request-${requests++}`, scheme });
      c.set('affinity', 'hit');
      await next();
    })
    .use(sessions(createMemorySessions()))
    .get('/read', async (c) => c.json((await c.var.session.get()) ?? null))
    .post('/add', async (c) =>
      c.json(await c.var.session.update(({ testList = [] }) => ({ testList: [...testList, 'a'] }))),
    )
    .post('/fail', async (c) => {
      await c.var.session.update(() => ({ testList: ['b'] }));
      throw new Error('after the change');
    })
    .get('/read-and-fail', async (c) => {
      await c.var.session.get();
      throw new Error('nothing was shown');
    })
    .post('/raw', async (c) => {
      await c.var.session.update(() => ({ testList: ['c'] }));
      return new Response('made by hand', { headers: { 'Set-Cookie': 'other=1' } });
    })
    .on(['GET', 'POST'], '/cached', async (c) => {
      c.header('Cache-Control', 'public, max-age=60');
      if (c.req.method === 'POST') await c.var.session.update(() => ({ testList: ['d'] }));
      return c.text('cached');
    })
    .post('/forwarded', async (c) => {
      await c.var.session.update(() => ({ testList: ['e'] }));
      return await fetch('data:text/plain,elsewhere');
    })
    .post('/end', async (c) => c.text(`${await c.var.session.destroy()}`))
    .onError((_error, c) => c.text('failed', 500));
}

type App = ReturnType<typeof createTestApp>;

async function ask(app: App, method: string, path: string, cookie = '') {
  const response = await app.request(path, { method, headers: cookie === '' ? {} : { Cookie: cookie } });
  return { status: response.status, text: await response.text(), cookies: response.headers.getSetCookie() };
}

const pairOf = (setCookie = '') => setCookie.split(';')[0] ?? '';

test.each([
  ['http', `^session=${ID}\\.1; Max-Age=36000; Path=/; HttpOnly; SameSite=Lax$`],
  ['https', `^__Host-session=${ID}\\.1; Max-Age=36000; Path=/; HttpOnly; Secure; SameSite=Lax$`],
] as const)('S1: the cookie over %s', async (scheme, pattern) => {
  const { cookies } = await ask(createTestApp(scheme), 'POST', '/add');
  expect(cookies).toEqual([expect.stringMatching(pattern)]);
});

test('S4: each change gives the client the new version', async () => {
  const app = createTestApp();
  const first = pairOf((await ask(app, 'POST', '/add')).cookies[0]);
  const second = await ask(app, 'POST', '/add', first);
  expect(second.text).toBe('{"testList":["a","a"]}');
  expect(pairOf(second.cookies[0])).toBe(first.replace(/1$/, '2'));
});

test.each([
  ['shows', '/read', 1],
  ['does not show, because it failed,', '/read-and-fail', 0],
])('S4: a response gives the client the version of a newer state only if it %s it', async (_what, path, count) => {
  const app = createTestApp();
  const first = pairOf((await ask(app, 'POST', '/add')).cookies[0]);
  // The client does not receive this response.
  await ask(app, 'POST', '/add', first);
  expect((await ask(app, 'GET', path, first)).cookies).toHaveLength(count);
});

describe('the client learns of a change', () => {
  test.each([
    ['when the handler fails afterwards', '/fail', 500, 1],
    ['when the handler makes its response itself', '/raw', 200, 2],
    ['when the handler returns the response of another server', '/forwarded', 200, 1],
  ])('%s', async (_when, path, status, count) => {
    const response = await ask(createTestApp(), 'POST', path);
    expect([response.status, response.cookies.length]).toEqual([status, count]);
    expect(response.cookies.at(-1)).toMatch(/^session=/);
  });
});

test.each([
  ['POST', '/add', 'no-store'],
  ['POST', '/cached', 'no-store'],
  ['GET', '/read', 'private, no-cache'],
  ['GET', '/cached', 'public, max-age=60'],
])('%s %s is answered with Cache-Control: %s', async (method, path, expected) => {
  const response = await createTestApp().request(path, { method });
  expect(response.headers.get('Cache-Control')).toBe(expected);
});

test('of several cookies the first well-formed one counts', async () => {
  const app = createTestApp();
  const cookie = pairOf((await ask(app, 'POST', '/add')).cookies[0]);
  expect((await ask(app, 'GET', '/read', `session=x; sessions=y; ${cookie}`)).text).toBe('{"testList":["a"]}');
});

describe('S7: reading sets no cookie', () => {
  test.each(['', 'session=', 'session=x.1', `session=${'A'.repeat(43)}.1`])('with the cookie %j', async (cookie) => {
    expect(await ask(createTestApp(), 'GET', '/read', cookie)).toEqual({ status: 200, text: 'null', cookies: [] });
  });

  test('with a session', async () => {
    const app = createTestApp();
    const cookie = pairOf((await ask(app, 'POST', '/add')).cookies[0]);
    expect(await ask(app, 'GET', '/read', cookie)).toEqual({ status: 200, text: '{"testList":["a"]}', cookies: [] });
  });
});

test('S8: destroy removes the cookie', async () => {
  const app = createTestApp();
  const cookie = pairOf((await ask(app, 'POST', '/add')).cookies[0]);
  expect((await ask(app, 'POST', '/end', cookie)).cookies).toEqual([
    'session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
  ]);
  expect((await ask(app, 'GET', '/read', cookie)).text).toBe('null');
});

test.each([
  ['without an id', 'session=.1'],
  ['with a short id', `session=${'A'.repeat(42)}.1`],
  ['with a long id', `session=${'A'.repeat(44)}.1`],
  ['with another alphabet', `session=${'+'.repeat(43)}.1`],
  ['without a version', `session=${'A'.repeat(43)}`],
  ['with the version 0', `session=${'A'.repeat(43)}.0`],
  ['with a negative version', `session=${'A'.repeat(43)}.-1`],
  ['with a version of 20 digits', `session=${'A'.repeat(43)}.${'9'.repeat(20)}`],
  ['with a third part', `session=${'A'.repeat(43)}.1.1`],
  ['of the other scheme', `__Host-session=${'A'.repeat(43)}.1`],
])('S10: a cookie %s is no session, and no error', async (_what, cookie) => {
  const app = createTestApp();
  expect(await ask(app, 'GET', '/read', cookie)).toEqual({ status: 200, text: 'null', cookies: [] });
  expect((await ask(app, 'POST', '/add', cookie)).cookies).toHaveLength(1);
});
