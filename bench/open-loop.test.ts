import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { serveHttp } from '../testkit/http/serve.ts';
import { wholeAnswer } from './open-connections.ts';
import { runOpenLoop } from './open-loop.ts';

const serve = async (answer: RequestListener) => `http://${await serveHttp(answer)}/`;

test.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 200],
  ['HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n', 503],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 200],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n', undefined],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no', undefined],
  ['HTTP/1.1 200 OK\r\nContent-Le', undefined],
])('%j is an answer of %s', (text, status) => {
  expect(wholeAnswer(text)?.status).toBe(status);
});

test('all due requests are sent, alternating between the clients', async () => {
  const cookies: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    cookies.push(request.headers.cookie);
    response.end('ok');
  });
  const result = await runOpenLoop({ url, cookies: ['a=1', 'a=2'], requestsPerSecond: 200, seconds: 0.1 });
  expect(result).toMatchObject({ sent: 20, answered: 20, refused: 0, unanswered: 0 });
  expect(cookies.filter((cookie) => cookie === 'a=2')).toHaveLength(10);
});

test('the latency of a request that waits for a connection counts from when it was due', async () => {
  const waiting: (() => void)[] = [];
  const url = await serve((_request, response) => {
    waiting.push(() => response.end('ok'));
    // All requests are due by the time the first one is answered.
    if (waiting.length === 1) setTimeout(() => waiting[0]?.(), 200);
    else waiting.at(-1)?.();
  });
  const options = { url, cookies: [], requestsPerSecond: 100, seconds: 0.1, connections: 1 };
  const result = await runOpenLoop({ ...options, usefulWithinMs: 50 });
  expect(result).toMatchObject({ sent: 10, answered: 10, goodputPerSecond: 0 });
  // The last request was due 90 ms after the first and answered after it.
  expect(result.p50Ms).toBeGreaterThan(90);
});

test('a connection that the server closes is not used again, and a waiting request gets another one', async () => {
  let answers = 0;
  const url = await serve((_request, response) => {
    if (++answers % 5 === 0) response.setHeader('Connection', 'close');
    response.end('ok');
  });
  const result = await runOpenLoop({ url, cookies: [], requestsPerSecond: 1000, seconds: 0.1, connections: 2 });
  expect(result).toMatchObject({ sent: 100, answered: 100, unanswered: 0 });
});

test('goodput counts the useful answers of the steady part', async () => {
  const url = await serve((_request, response) => void response.end('ok'));
  const options = { url, cookies: [], requestsPerSecond: 100, seconds: 0.4, usefulWithinMs: 200 };
  expect((await runOpenLoop(options)).goodputPerSecond).toBeCloseTo(100, -1);
});

test('errors and broken responses do not count as goodput', async () => {
  let turn = 0;
  const url = await serve((_request, response) => {
    if (turn++ % 2 === 0) response.writeHead(503).end('full');
    else response.destroy();
  });
  const result = await runOpenLoop({ url, cookies: [], requestsPerSecond: 200, seconds: 0.05 });
  expect(result).toMatchObject({ answered: 0, goodputPerSecond: 0, refused: 5, unanswered: 5 });
});
