import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { delay } from '../../app/lib/delay.ts';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { openRequest, read, responseTo } from '../../testkit/http/send.ts';
import { answers, type Behaviour, breaksOff, drops, UNBUFFERED } from '../../testkit/replicas/behaviours.ts';
import { cookieOf, stage } from './fixture.ts';

describe.each(fronts)('bodies through %s', (kind) => {
  test.each([0, 1, 64 * 1024, 64 * 1024 + 1, 900_000])(
    'an answer of %i bytes keeps its Content-Length',
    async (length) => {
      const [front, a] = await stage(kind, ['A']);
      const body = Buffer.alloc(length, 'body ');
      a.behave(answers(200, {}, body));
      const answer = await front.get();
      expect(answer).toMatchObject({ headers: { 'content-length': `${length}` }, isComplete: true });
      expect(answer.body.equals(body)).toBe(true);
    },
  );

  test('the answer to HEAD keeps the Content-Length of a body that does not come', async () => {
    const [front, a] = await stage(kind, ['A']);
    a.behave(answers(200, {}, 'twelve bytes'));
    const answer = await front.get({ method: 'HEAD' });
    expect(answer).toMatchObject({ headers: { 'content-length': '12' }, isComplete: true });
    expect(answer.body).toHaveLength(0);
  });

  test.each([204, 304])('a %i has no body', async (status) => {
    const [front, a] = await stage(kind, ['A']);
    a.behave(answers(status, { ETag: '"etag"' }));
    const answer = await front.get();
    expect(answer).toMatchObject({ status, headers: { etag: '"etag"' }, isComplete: true });
    expect(answer.body).toHaveLength(0);
  });

  test.each([
    { length: 'unknown', announced: {} },
    { length: 'known', announced: { 'Content-Length': 'first, second'.length } },
  ])('an answer of $length length arrives piece by piece, as the replica sends it', async ({ announced }) => {
    const [front, a] = await stage(kind, ['A']);
    const { promise: firstSeen, resolve: seeFirst } = Promise.withResolvers<void>();
    a.behave(async (_request, response) => {
      response.writeHead(200, { ...UNBUFFERED, ...announced }).write('first, ');
      await firstSeen;
      response.end('second');
    });
    const response = await responseTo(openRequest(front.url, {}).end());
    expect(response.headers['content-length']).toBe(announced['Content-Length']?.toString());
    const chunks = response[Symbol.asyncIterator]();
    expect(`${(await chunks.next()).value}`).toBe('first, ');
    seeFirst();
    expect(`${(await chunks.next()).value}`).toBe('second');
    expect(await chunks.next()).toMatchObject({ done: true });
  });

  test('a compressed body can be decompressed', async () => {
    const [front, a] = await stage(kind, ['A']);
    const text = 'the same again and again, '.repeat(1000);
    const compressed = gzipSync(text);
    a.behave(answers(200, { 'Content-Encoding': 'gzip' }, compressed));
    const { headers, body, isComplete } = await front.get({ headers: { 'Accept-Encoding': 'gzip' } });
    expect(isComplete).toBe(true);
    expect(`${headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body}`).toBe(text);
    expect([undefined, `${body.length}`]).toContain(headers['content-length']);
  });

  test('an answer that breaks off is seen to break off', async () => {
    const [front, a] = await stage(kind, ['A']);
    a.behave(breaksOff());
    expect(await front.get()).toMatchObject({ status: 200, isComplete: false });
  });

  test.each([0, 1, 64 * 1024, 64 * 1024 + 1, 900_000])('a POST of %i bytes arrives in full', async (length) => {
    const [front, a] = await stage(kind, ['A']);
    const body = Buffer.alloc(length, 'body ');
    const headers = { 'Content-Type': 'application/x-test', 'Content-Length': `${length}` };
    expect(await front.ask({ method: 'POST', headers, body })).toBe('200 from A, cookie of A');
    expect(a.requests[0]?.headers).toMatchObject({
      'content-type': 'application/x-test',
      'content-length': `${length}`,
    });
    expect(a.requests[0]?.body.equals(body)).toBe(true);
  });

  test.each(['POST', 'PUT'])('a %s of unknown length arrives in full', async (method) => {
    const [front, a] = await stage(kind, ['A']);
    const asked = openRequest(front.url, { method });
    asked.write('one,');
    asked.end('two');
    expect(await read(await responseTo(asked))).toMatchObject({ status: 200 });
    expect(a.requests[0]?.body.toString()).toBe('one,two');
  });

  test.each(['POST', 'PUT'])('B15: a %s of 5 MB in chunks arrives in full where there is no limit', async (method) => {
    const [front, a] = await stage(kind, ['A'], { limits: { CLIENT_BODY_MAX_BYTES: 'off' } });
    const body = Buffer.from(Array.from({ length: 1_250_000 }, (_, nth) => nth % 251));
    const asked = openRequest(front.url, { method });
    for (let piece = 0; piece < 4; piece++) asked.write(body);
    asked.end();
    expect(await read(await responseTo(asked))).toMatchObject({ status: 200 });
    expect(a.requests[0]?.body.equals(Buffer.concat([body, body, body, body]))).toBe(true);
  });

  test('a POST that asks for a WebSocket stays a POST', async () => {
    const [front, a] = await stage(kind, ['A']);
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Content-Length': '5' };
    expect(await front.ask({ method: 'POST', headers, body: 'hello' })).toBe('200 from A, cookie of A');
    expect(a.requests).toMatchObject([{ method: 'POST', body: Buffer.from('hello') }]);
  });
});

// Nginx reads the whole request before it selects a peer.
describe.each(fronts.filter((kind) => kind !== 'nginx'))('large requests through the %s', (kind) => {
  const REST = 'x'.repeat(100_000);
  const large = { 'Content-Length': `${'one,'.length + REST.length}` };
  /** Each is larger than what the worker buffers of its kind. */
  const LARGE = [
    { framing: 'of known length', headers: large, first: 'one,', rest: REST },
    { framing: 'in chunks', headers: {}, first: 'x'.repeat(1_100_000), rest: REST },
  ];
  const NO_LIMIT = { limits: { CLIENT_BODY_MAX_BYTES: 'off' } };

  test.each(LARGE)('one $framing comes piece by piece, as the client sends it', async ({ headers, first, rest }) => {
    const [front, a] = await stage(kind, ['A'], NO_LIMIT);
    const asked = openRequest(front.url, { method: 'POST', headers });
    asked.write(first);
    await expect.poll(() => a.requests[0]?.body.length).toBe(first.length);
    asked.end(rest);
    expect(await read(await responseTo(asked))).toMatchObject({ status: 200 });
    expect(a.requests[0]?.body.toString()).toBe(first + rest);
  });

  test.each(LARGE)('A6: one $framing is sent to one replica only', async ({ headers, first, rest }) => {
    const [front, a, b] = await stage(kind, ['A', 'B'], NO_LIMIT);
    a.behave(drops());
    const asked = openRequest(front.url, { method: 'PUT', headers: { ...headers, Cookie: cookieOf(a) } });
    expect(await read(await responseTo(asked.end(first + rest)))).toMatchObject({ status: 502 });
    expect([a.requests.length, b.requests.length]).toEqual([1, 0]);
  });

  test.each(LARGE)('A6: one $framing goes to another when its replica is gone', async ({ headers, first, rest }) => {
    const [front, a, b] = await stage(kind, ['A', 'B'], NO_LIMIT);
    await a.stop();
    const asked = openRequest(front.url, { method: 'POST', headers: { ...headers, Cookie: cookieOf(a) } });
    expect(await read(await responseTo(asked.end(first + rest)))).toMatchObject({ status: 200 });
    expect(b.requests[0]?.body.toString()).toBe(first + rest);
  });

  /** Begins its answer at once, and continues `pauseMs` after it has the whole request. */
  const answersEarly =
    (pauseMs: number): Behaviour =>
    (request, response) => {
      response.writeHead(200).write('early,');
      request.on('end', async () => {
        await delay(pauseMs);
        response.end('late');
      });
    };

  test('an answer may start before the request ends, and wait for the rest of it', async () => {
    const [front, a] = await stage(kind, ['A'], { readTimeoutMs: 500 });
    a.behave(answersEarly(0));
    const asked = openRequest(front.url, { method: 'POST', headers: large });
    asked.write('one,');
    const response = await responseTo(asked);
    // Longer than the replica may take between two parts.
    await delay(1000);
    asked.end(REST);
    expect(`${(await read(response)).body}`).toBe('early,late');
  });

  test('B18: from the end of the request on, such an answer has the read timeout again', async () => {
    const [front, a] = await stage(kind, ['A'], { readTimeoutMs: 500 });
    a.behave(answersEarly(5000));
    const asked = openRequest(front.url, { method: 'POST', headers: large });
    asked.write('one,');
    const response = await responseTo(asked);
    asked.end(REST);
    expect(await read(response)).toMatchObject({ isComplete: false, body: Buffer.from('early,') });
  });

  test('B18: an answer is broken off when its replica reads no more of the request, and sends no more of the answer', async () => {
    const [front, a] = await stage(kind, ['A'], { readTimeoutMs: 500, ...NO_LIMIT });
    a.behave((request, response) => {
      request.pause();
      response.writeHead(200).write('early,');
    });
    // More than fits into the buffers on the way.
    const asked = openRequest(front.url, { method: 'POST', headers: { 'Content-Length': '64000000' } });
    asked.on('error', () => {}).write(Buffer.alloc(64_000_000));
    expect(await read(await responseTo(asked))).toMatchObject({ isComplete: false, body: Buffer.from('early,') });
  });

  test.each(LARGE)("a client's slowness with one $framing does not count as the replica's", async (sent) => {
    const [front, a] = await stage(kind, ['A', 'B'], { readTimeoutMs: 500, ...NO_LIMIT });
    const asked = openRequest(front.url, { method: 'POST', headers: { ...sent.headers, Cookie: cookieOf(a) } });
    const startedAtMs = performance.now();
    asked.write(sent.first);
    await expect.poll(() => performance.now() - startedAtMs, { timeout: 5000 }).toBeGreaterThan(1000);
    asked.end(sent.rest);
    expect(await read(await responseTo(asked))).toMatchObject({ status: 200, headers: { 'x-replica': 'A' } });
  });
});
