import { expect, test, vi } from 'vitest';
import { createLetGo } from './let-go.ts';

const CLIENT_ID = 'c'.repeat(32);
const HTML_PLEASE = { Accept: 'text/html,*/*;q=0.8' };
const ENDED = ['srv_id', 'client_id'].map((name) => `${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`);

function setUp() {
  const letGo = vi.fn<(clientId: string) => void>();
  const app = createLetGo({ letGo });
  const post = (headers: Record<string, string> = {}) =>
    app.request('http://app.example/', { method: 'POST', headers });
  return { letGo, post };
}

test.each([
  ['a script', { Accept: 'application/json' }, 200, { moored: false }],
  ['a terminal', {}, 200, undefined],
  ['a form', HTML_PLEASE, 303, undefined],
])('%s is let go: both cookies end', async (_who, headers, status, data) => {
  const { post } = setUp();
  const response = await post(headers);
  expect(response.status).toBe(status);
  expect(response.headers.getSetCookie()).toEqual(ENDED);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  if (data) expect(await response.json()).toEqual(data);
  expect(response.headers.get('Location')).toBe(status === 303 ? '/' : null);
});

test.each([
  [`client_id=${CLIENT_ID}`, [[CLIENT_ID]]],
  ['client_id=no-id', []],
  ['', []],
])('with the cookie %j it is told of %j', async (cookie, calls) => {
  const { post, letGo } = setUp();
  await post({ Cookie: cookie });
  expect(letGo.mock.calls).toEqual(calls);
});

test.each([
  ['its own page', { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://app.example' }, 200],
  ['its own page, by the origin alone', { Origin: 'http://app.example', Host: 'app.example' }, 200],
  ['its own page, where TLS ends at a proxy', { Origin: 'https://app.example', Host: 'app.example' }, 200],
  [
    'its own page, where a proxy has another name for the app',
    { Origin: 'https://app.example', Host: 'inside', 'X-Forwarded-Host': 'app.example' },
    200,
  ],
  ['another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example', Host: 'app.example' }, 403],
  ['a neighbour', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://other.app.example', Host: 'app.example' }, 403],
  ['another site, by the origin alone', { Origin: 'http://evil.example', Host: 'app.example' }, 403],
  ['no site at all', { Origin: 'null', Host: 'app.example' }, 403],
])('what %s asks, with %j, is answered %i', async (_who, headers, status) => {
  const { post, letGo } = setUp();
  const response = await post({ ...headers, Cookie: `client_id=${CLIENT_ID}` });
  expect(response.status).toBe(status);
  expect(letGo).toHaveBeenCalledTimes(status === 200 ? 1 : 0);
  expect(response.headers.getSetCookie()).toEqual(status === 200 ? ENDED : []);
});
