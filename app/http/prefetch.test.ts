import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { isPrefetch } from './prefetch.ts';

const app = new Hono().get('/', (c) => c.json(isPrefetch(c)));

test.each([
  [{ 'Sec-Purpose': 'prefetch' }, true],
  [{ 'Sec-Purpose': 'prefetch;prerender' }, true],
  [{ 'Sec-Purpose': 'Prefetch' }, true],
  [{ Purpose: 'prefetch' }, true],
  [{ Purpose: 'preview' }, true],
  [{ 'X-Moz': 'prefetch' }, true],
  [{}, false],
  [{ 'Sec-Purpose': '' }, false],
  [{ Purpose: 'navigation, prefetch no more' }, false],
])('a request with %j is a prefetch: %s', async (headers, isAhead) => {
  const response = await app.request('/', { headers: headers as Record<string, string> });
  expect(await response.json()).toBe(isAhead);
});
