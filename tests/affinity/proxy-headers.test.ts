import { describe, expect, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { FRESH_REQUEST_ID } from '../../testkit/http/request-id.ts';
import { answers, drops } from '../../testkit/replicas/behaviours.ts';
import { stage } from './fixture.ts';

describe.each(fronts)('what %s sends to the replica', (kind) => {
  test.each([
    { client: 'nothing', headers: {} },
    {
      client: 'lies',
      headers: {
        'X-Real-IP': '6.6.6.6',
        'X-Forwarded-For': '6.6.6.6, 7.7.7.7',
        'X-Forwarded-Proto': 'gopher',
        'X-Forwarded-Host': 'evil.example',
        'X-Request-ID': 'mine',
      },
    },
  ])('V3: the address of the client and the request id, when the client sends $client', async ({ headers }) => {
    const [front, a] = await stage(kind, ['A']);
    await front.get({ headers });
    expect(a.requests[0]?.headers).toMatchObject({
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(front.url).host,
      'x-request-id': expect.stringMatching(FRESH_REQUEST_ID),
    });
  });

  test('V3: a retry carries the same request id, another request another one', async () => {
    const [front, a, b] = await stage(kind, ['A max_fails=0', 'B']);
    a.behave(drops());
    await front.get({ as: a });
    await front.get({ as: a });
    const idsAt = [a, b].map(({ requests }) => requests.map(({ headers }) => headers['x-request-id']));
    expect(idsAt[0]).toEqual(idsAt[1]);
    expect(new Set(idsAt[0]).size).toBe(2);
  });

  test("the client's own headers", async () => {
    const [front, a] = await stage(kind, ['A']);
    const headers = {
      accept: 'application/json',
      'accept-language': 'de, en;q=0.5',
      authorization: 'Bearer token',
      'if-none-match': '"etag"',
      range: 'bytes=0-9',
      referer: 'http://127.0.0.1/from?here',
      'user-agent': 'a test',
      'x-of-its-own': 'caf\u00e9',
    };
    await front.get({ headers });
    expect(a.requests[0]?.headers).toMatchObject(headers);
  });

  test('no header that is for one connection only', async () => {
    const [front, a] = await stage(kind, ['A']);
    await front.get({ headers: { 'Keep-Alive': 'timeout=99', TE: 'trailers', Connection: 'close, TE' } });
    const { headers } = a.requests[0] as { headers: object };
    expect(headers).not.toHaveProperty('keep-alive');
    expect(headers).not.toHaveProperty('te');
    expect(headers).not.toMatchObject({ connection: expect.stringContaining('TE') });
  });

  test.each(['/', '/a/b?q=1', '/a%2Fb/%E2%82%AC?x=a%20b&x=c+d', '//double//slash', '/;m=1?a;b', "/!$&'()*,:@~"])(
    'path and query as they stand: %s',
    async (path) => {
      const [front, a] = await stage(kind, ['A']);
      await front.get({ path });
      expect(a.requests[0]?.target).toBe(path);
    },
  );

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'LOCK'])(
    'the method: %s',
    async (method) => {
      const [front, a] = await stage(kind, ['A']);
      expect(await front.ask({ method })).toBe('200 from A, cookie of A');
      expect(a.requests[0]?.method).toBe(method);
    },
  );
});

describe.each(fronts)('what %s sends to the client', (kind) => {
  test("the replica's status and headers", async () => {
    const [front, a] = await stage(kind, ['A']);
    const headers = {
      'cache-control': 'max-age=60',
      'content-language': 'de',
      'content-type': 'text/x-test; charset=utf-8',
      etag: '"etag"',
      'last-modified': 'Fri, 20 Nov 2026 04:43:53 GMT',
      vary: 'Accept, Cookie',
      via: '1.1 another',
      'www-authenticate': 'Basic realm="here"',
      'x-affinity': 'new',
    };
    a.behave((_request, response) => response.writeHead(418, 'A Teapot Of Its Own', headers).end());
    expect(await front.get()).toMatchObject({ status: 418, reason: 'A Teapot Of Its Own', headers });
  });

  test('no header that is for one connection only', async () => {
    const [front, a] = await stage(kind, ['A']);
    a.behave(answers(200, { 'Keep-Alive': 'timeout=99', Connection: 'keep-alive' }));
    const { headers } = await front.get();
    expect(headers['keep-alive']).not.toBe('timeout=99');
    expect(headers.connection).not.toBe('keep-alive');
  });

  test.each([301, 302, 303, 307, 308])('a %i as it is, without following it', async (status) => {
    const [front, a] = await stage(kind, ['A']);
    a.behave(answers(status, { Location: '/elsewhere?x=1' }));
    const answer = await front.get({ path: '/here' });
    expect(answer).toMatchObject({ status, headers: { location: '/elsewhere?x=1' } });
    expect(a.requests.map(({ target }) => target)).toEqual(['/here']);
  });
});
