import { Hono } from 'hono';
import { expect, test, vi } from 'vitest';
import { calledBy } from '../../testkit/http/client-info.ts';
import type { AppEnv } from '../env.ts';
import { createReleaseRoute } from './release.ts';

const HTML_PLEASE = { Accept: 'text/html,*/*;q=0.8' };
const ENDED = ['srv_id', 'client_id'].map((name) => `${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`);

function setUp() {
  const hasLetGo = vi.fn<(value: boolean) => void>();
  const post = (headers: Record<string, string> = {}, hosts = ['app.example']) =>
    new Hono<AppEnv>()
      .use(calledBy({ hosts }))
      .use(async (c, next) => {
        await next();
        hasLetGo(c.var.hasLetGo ?? false);
      })
      .route('/', createReleaseRoute())
      .request('http://app.example/', { method: 'POST', headers });
  return { hasLetGo, post };
}

test.each([
  ['a script', { Accept: 'application/json' }, 200, { moored: false }],
  ['a terminal', {}, 200, undefined],
  ['a form', HTML_PLEASE, 303, undefined],
])('%s lets go: both cookies end', async (_who, headers, status, data) => {
  const { post } = setUp();
  const response = await post(headers);
  expect(response.status).toBe(status);
  expect(response.headers.getSetCookie()).toEqual(ENDED);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  if (data) expect(await response.json()).toEqual(data);
  expect(response.headers.get('Location')).toBe(status === 303 ? '/' : null);
});

test.each([
  ['its own page', { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://app.example' }, 200],
  ['another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }, 403],
  ['a neighbour', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://other.app.example' }, 403],
  ['no site at all', { Origin: 'null' }, 403],
  ['no site, which claims another host', { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example' }, 403],
])('a request from %s, with %j, is answered %i', async (_who, headers, status) => {
  const { post, hasLetGo } = setUp();
  const response = await post(headers);
  expect(response.status).toBe(status);
  expect(hasLetGo.mock.calls).toEqual([[status === 200]]);
  expect(response.headers.getSetCookie()).toEqual(status === 200 ? ENDED : []);
});

test.each([
  ['http://app.example', ['app.example'], 200],
  ['https://app.example', ['app.example'], 200],
  ['https://app.example', ['app.example:443'], 200],
  ['http://app.example', ['app.example:80'], 200],
  ['https://app.example', ['APP.example'], 200],
  ['https://app.example:8443', ['app.example:8443'], 200],
  ['https://app.example', ['app.example', 'proxy'], 200],
  ['http://[2001:db8::1]:8080', ['[2001:DB8:0::1]:8080'], 200],
  ['http://[::1]', ['[::1]:80'], 200],
  ['https://app.example', ['app.example:80'], 403],
  ['http://app.example', ['app.example:443'], 403],
  ['https://app.example:8443', ['app.example'], 403],
  ['https://app.example', ['proxy', 'app.example'], 403],
  ['https://evil.example', ['app.example'], 403],
  ['https://app.example.evil.example', ['app.example'], 403],
  ['http://[::1]', ['[::2]'], 403],
  ['https://app.example', [], 403],
  ['null', ['null'], 403],
])('a page of %s may let go at %j: %i', async (origin, hosts, status) => {
  expect((await setUp().post({ Origin: origin }, hosts)).status).toBe(status);
});
