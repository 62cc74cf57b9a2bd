import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { respond } from './respond.ts';

const app = new Hono()
  .get('/', (c) => respond(c, { text: 'plain', json: { form: 'json' } }))
  .get('/down', (c) => respond(c, { text: 'plain', json: { form: 'json' } }, 503));

async function get(accept: string | undefined, path = '/'): Promise<Response> {
  return app.request(path, accept === undefined ? {} : { headers: { Accept: accept } });
}

describe('respond', () => {
  test.each([
    undefined,
    '',
    '*/*',
    'text/*',
    'text/plain',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/plain, application/json',
    'application/json;q=0.5, text/plain',
    'application/json;q=0',
    'application/xml',
    'nonsense',
  ])('answers text to Accept: %s', async (accept) => {
    const response = await get(accept);
    expect(await response.text()).toBe('plain\n');
    expect(response.headers.get('Content-Type')).toBe('text/plain; charset=UTF-8');
  });

  test.each([
    'application/json',
    'Application/JSON',
    'application/*',
    'application/json; charset=utf-8',
    'application/json, text/plain;q=0.9, */*',
    'text/plain;q=0.5, application/json',
    'text/plain;q=0, application/json;q=0.1',
  ])('answers JSON to Accept: %s', async (accept) => {
    const response = await get(accept);
    expect(await response.json()).toEqual({ form: 'json' });
    expect(response.headers.get('Content-Type')).toBe('application/json');
  });

  test.each(['text/plain', 'application/json'])('is never stored, and differs by Accept: %s', async (accept) => {
    const { headers } = await get(accept);
    expect(headers.get('Vary')).toBe('Accept');
    expect(headers.get('Cache-Control')).toBe('no-store');
  });

  test.each(['text/plain', 'application/json'])('answers the given status to Accept: %s', async (accept) => {
    expect((await get(accept, '/down')).status).toBe(503);
  });
});
