import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { writableHeaders } from './writable-headers.ts';

test.each([
  ['makes', () => new Response('body', { status: 201, headers: { 'X-Own': 'kept' } })],
  ['has from fetch, whose headers cannot be changed', () => fetch('data:text/plain,body')],
])('headers can be added to a response that the handler %s', async (_where, respond) => {
  const app = new Hono()
    .use(async (c, next) => {
      await next();
      writableHeaders(c).set('X-Added', 'yes');
    })
    .get('/', () => respond());
  const expected = await respond();
  const response = await app.request('/');
  expect([response.status, await response.text()]).toEqual([expected.status, 'body']);
  const headers = [...expected.headers, ['x-added', 'yes']];
  // The server's own `Response`, where a test has loaded it, adds a type.
  expect(Object.fromEntries(response.headers)).toMatchObject(Object.fromEntries(headers));
});
