import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { AppEnv } from '../env.ts';
import { sendError } from './error-response.ts';

function setUp(hasPages: boolean) {
  const app = new Hono<AppEnv>();
  if (hasPages) {
    app.use(async (c, next) => {
      c.set('page', { asset: (name) => `/assets/v/${name}`, hasVisits: true, hasDashboard: false });
      await next();
    });
  }
  app.get('/', (c) => sendError(c, 503, 'The <database> is down.'));
  return (accept: string) => app.request('/', { headers: { Accept: accept } });
}

test('a browser gets a page with the error and what to do', async () => {
  const response = await setUp(true)('text/html');
  expect(response.status).toBe(503);
  expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  const page = await response.text();
  expect(page).toContain('<h1>The &lt;database&gt; is down.</h1>');
  expect(page).toContain('Please try again in a moment.');
});

test.each([
  ['*/*', 'The <database> is down.\n'],
  ['application/json', '{"error":{"status":503,"message":"The <database> is down."}}'],
])('a client that accepts %s gets no page headers', async (accept, body) => {
  const response = await setUp(true)(accept);
  expect([response.status, await response.text()]).toEqual([503, body]);
  expect(response.headers.get('Content-Security-Policy')).toBeNull();
});

test('an app without pages sends text to browsers, too', async () => {
  expect(await (await setUp(false)('text/html')).text()).toBe('The <database> is down.\n');
});
