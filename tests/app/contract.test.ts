import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openEvents } from '../../testkit/http/event-stream.ts';
import { FRESH_REQUEST_ID } from '../../testkit/http/request-id.ts';
import { type Answer, type RequestOptions, send } from '../../testkit/http/send.ts';
import { appHosts, type RunningApp } from '../../testkit/replicas/app-hosts.ts';

const JSON_PLEASE = { Accept: 'application/json' };

interface VisitJson {
  visit: number;
  requestId: string;
}

function json(answer: Answer): unknown {
  return JSON.parse(answer.body.toString());
}

describe.each(appHosts)('the app on $name', (host) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await host.start();
  });
  afterAll(() => app.stop());

  const ask = (path: string, options: RequestOptions = {}) => send(app.url, { path, ...options });

  test('a route accepts a WebSocket', async () => {
    const socket = new WebSocket(`${app.url}/live/socket`);
    await once(socket, 'open');
    socket.send('hello');
    const [{ data }] = (await once(socket, 'message')) as [MessageEvent];
    expect(data).toBe(`${app.server.sid} new: hello`);
    socket.close(4001);
    const [{ code }] = (await once(socket, 'close')) as [CloseEvent];
    expect(code).toBe(4001);
  });

  test('a route sends events as they happen', async () => {
    const events = await openEvents(app.url, '/live/events');
    for (let n = 1; n <= 3; n++) expect((await events.next())?.data).toEqual({ n, sid: app.server.sid });
    events.close();
  });

  test('a route sends a file of its own', async () => {
    const { status, headers, body } = await ask('/live/live.css');
    expect([status, headers['content-type'], `${body}`]).toEqual([
      200,
      expect.stringMatching(/^text\/css/),
      expect.stringContaining('teal'),
    ]);
  });

  test('GET / answers the IP as a line of text', async () => {
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; charset=UTF-8');
    expect(body.toString()).toBe(`${app.server.ip}\n`);
  });

  test('GET / answers with all fields of the visit as JSON', async () => {
    const earliestMs = Date.now();
    const answer = await ask('/', { headers: JSON_PLEASE });
    const visit = json(answer) as VisitJson & { time: string };
    expect(visit).toEqual({
      visit: expect.any(Number),
      server: app.server,
      client: { ip: '127.0.0.1' },
      time: new Date(visit.time).toISOString(),
      affinity: 'new',
      requestId: answer.headers['x-request-id'],
    });
    expect(Date.parse(visit.time)).toBeGreaterThanOrEqual(earliestMs);
    expect(Date.parse(visit.time)).toBeLessThanOrEqual(Date.now());
  });

  test.each([
    ['GET', '/showcount', 200, /^\d+\n$/, { count: expect.any(Number) }],
    ['GET', '/healthz', 200, /^ok\n$/, { status: 'ok' }],
    ['GET', '/readyz', 200, /^ready\n$/, { status: 'ready' }],
    ['GET', '/nothing', 404, /^This path was not found\.\n$/, { error: { status: 404, message: expect.any(String) } }],
    [
      'POST',
      '/',
      405,
      /^This path allows only GET, HEAD\.\n$/,
      { error: { status: 405, message: expect.any(String) } },
    ],
  ])('%s %s answers %i as text, and as JSON to a client that prefers it', async (method, path, status, text, data) => {
    const asText = await ask(path, { method });
    const asJson = await ask(path, { method, headers: JSON_PLEASE });
    expect([asText.status, asJson.status]).toEqual([status, status]);
    expect(asText.headers['content-type']).toBe('text/plain; charset=UTF-8');
    expect(asText.body.toString()).toMatch(text);
    expect(asJson.headers['content-type']).toBe('application/json');
    expect(json(asJson)).toEqual(data);
  });

  test.each([
    ['POST', '/'],
    ['DELETE', '/'],
    ['OPTIONS', '/'],
    ['PUT', '/showcount'],
    ['PATCH', '/healthz'],
    ['POST', '/readyz'],
  ])('%s %s answers 405 and which methods are allowed', async (method, path) => {
    const { status, headers } = await ask(path, { method });
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, HEAD');
  });

  test.each([
    ['GET', '/'],
    ['HEAD', '/'],
    ['GET', '/showcount'],
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['GET', '/nothing'],
    ['POST', '/'],
  ])('%s %s is never stored, varies by Accept, and names the replica and the request id', async (method, path) => {
    const [first, second] = [await ask(path, { method }), await ask(path, { method })];
    expect(first.headers).toMatchObject({
      'cache-control': 'no-store',
      vary: 'Accept',
      'x-affinity': 'new',
      'x-served-by': app.server.address,
      'x-request-id': expect.stringMatching(FRESH_REQUEST_ID),
    });
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
  });

  test.each(['/', '/showcount', '/healthz', '/readyz'])('HEAD %s answers 200 without a body', async (path) => {
    const { status, body } = await ask(path, { method: 'HEAD' });
    expect(status).toBe(200);
    expect(body).toHaveLength(0);
  });

  test.each([
    ['new', 'none', () => ({})],
    ['hit', 'its own', () => ({ Cookie: `srv_id=${app.server.sid}` })],
    ['moved', "another replica's", () => ({ Cookie: `theme=dark; srv_id=${app.otherSid}` })],
    ['invalid', 'no id', () => ({ Cookie: 'srv_id=169.254.169.254:80' })],
  ] as const)('a visit is %s when its cookie is %s', async (affinity, _whose, cookie) => {
    const answer = await ask('/', { headers: { ...JSON_PLEASE, ...cookie() } });
    expect(answer.headers['x-affinity']).toBe(affinity);
    expect(json(answer)).toMatchObject({ affinity });
  });
});

describe.each(appHosts)('the pages of the app on $name', (host) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await host.start();
  });
  afterAll(() => app.stop());

  const HTML_PLEASE = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
  const ask = (path: string, options: RequestOptions = {}) => send(app.url, { path, headers: HTML_PLEASE, ...options });

  test.each([
    ['GET', '/', 200, /<h1>.*Moored at/],
    ['GET', '/dashboard', 200, /<h1>Dashboard/],
    ['GET', '/nothing', 404, /<h1>This path was not found/],
    ['POST', '/', 405, /<h1>This path allows only GET, HEAD/],
  ])(
    '%s %s answers a browser %i, with a page that loads nothing from elsewhere',
    async (method, path, status, words) => {
      const page = await ask(path, { method });
      expect(page.status).toBe(status);
      expect(page.headers).toMatchObject({
        'content-type': 'text/html; charset=UTF-8',
        'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self'; style-src 'self';/),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cache-control': 'no-store',
        vary: 'Accept',
      });
      expect(page.headers['strict-transport-security']).toBeUndefined();
      expect(`${page.body}`).toMatch(words);
      const inline = /<style|<script(?! src=)| style=| on[a-z]+=|javascript:|https?:/;
      expect(`${page.body}`.replaceAll('http-equiv', '')).not.toMatch(inline);
    },
  );

  test('what a page links to exists, has its type, and is not loaded again by a client that has it', async () => {
    const pages = await Promise.all(['/', '/dashboard'].map((path) => ask(path)));
    const links = new Set(pages.flatMap(({ body }) => `${body}`.match(/\/assets\/[^"]+/g) ?? []));
    expect(links.size).toBe(8);
    for (const path of links) {
      const asset = await ask(path);
      expect([path, asset.status]).toEqual([path, 200]);
      expect(asset.headers['content-type']).toMatch(/^(text\/(css|javascript)|image\/svg\+xml)/);
      expect(asset.headers['cache-control']).toContain('immutable');
      const again = await ask(path, { headers: { 'If-None-Match': asset.headers.etag as string } });
      expect([again.status, again.body.length]).toEqual([304, 0]);
      const head = await ask(path, { method: 'HEAD' });
      expect([head.status, head.body.length]).toEqual([200, 0]);
    }
  });

  test('an icon is served where browsers look for one', async () => {
    const { status, headers } = await ask('/favicon.ico');
    expect([status, headers['content-type']]).toEqual([200, 'image/svg+xml; charset=utf-8']);
  });

  test.each([
    ['Sec-Purpose', 'prefetch'],
    ['Sec-Purpose', 'prefetch;prerender'],
    ['Purpose', 'prefetch'],
    ['X-Moz', 'prefetch'],
  ])('a prefetched visit (%s: %s) is rejected and not counted', async (name, value) => {
    const count = async () => (await send(app.url, { path: '/showcount' })).body.toString();
    const before = await count();
    const answer = await ask('/', { headers: { ...HTML_PLEASE, [name]: value } });
    expect([answer.status, answer.headers['cache-control'], answer.setCookies]).toEqual([425, 'no-store', []]);
    expect(await count()).toBe(before);
  });

  test('POST /let-go ends both cookies, counts nothing, and leads a form back to the visit page', async () => {
    const ended = ['srv_id', 'client_id'].map((name) => `${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`);
    const before = (await send(app.url, { path: '/showcount' })).body.toString();
    const fromScript = await ask('/let-go', { method: 'POST', headers: JSON_PLEASE });
    expect([fromScript.status, fromScript.setCookies]).toEqual([200, ended]);
    const fromForm = await ask('/let-go', { method: 'POST' });
    expect([fromForm.status, fromForm.headers.location, fromForm.setCookies]).toEqual([303, '/', ended]);
    const fromElsewhere = { ...HTML_PLEASE, Origin: 'https://elsewhere.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await ask('/let-go', { method: 'POST', headers: fromElsewhere })).status).toBe(403);
    expect((await ask('/let-go')).headers.allow).toBe('POST');
    expect((await send(app.url, { path: '/showcount' })).body.toString()).toBe(before);
  });
});

describe.each(appHosts)('counting on $name', (host) => {
  let app: RunningApp;

  beforeEach(async () => {
    app = await host.start();
    onTestFinished(app.stop);
  });

  async function visit(): Promise<number> {
    return (json(await send(app.url, { headers: JSON_PLEASE })) as VisitJson).visit;
  }

  async function showCount(): Promise<string> {
    return (await send(app.url, { path: '/showcount' })).body.toString();
  }

  test('V2: visits are numbered from 1, one after the other, and /showcount is the last number', async () => {
    expect(await showCount()).toBe('0\n');
    expect([await visit(), await visit(), await visit()]).toEqual([1, 2, 3]);
    expect(await showCount()).toBe('3\n');
    expect(json(await send(app.url, { path: '/showcount', headers: JSON_PLEASE }))).toEqual({ count: 3 });
  });

  test('V1: nothing but GET / counts', async () => {
    for (const method of ['HEAD', 'POST', 'OPTIONS']) await send(app.url, { method });
    for (const path of ['/showcount', '/healthz', '/readyz', '/nothing']) await send(app.url, { path });
    expect(await showCount()).toBe('0\n');
    expect(await visit()).toBe(1);
  });

  test('V2: 50 visits at once get 50 numbers without a gap', async () => {
    const numbers = await Promise.all(Array.from({ length: 50 }, visit));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(await showCount()).toBe('50\n');
  });
});
