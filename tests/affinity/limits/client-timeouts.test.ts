import { describe, expect, test } from 'vitest';
import { delay } from '../../../app/lib/delay.ts';
import { fronts } from '../../../testkit/fronts/fronts.ts';
import { openRaw } from '../../../testkit/http/raw.ts';
import { openRequest, read, responseTo } from '../../../testkit/http/send.ts';
import { answers } from '../../../testkit/replicas/behaviours.ts';
import { stage } from '../fixture.ts';
import { request } from '../http/http-case.ts';
import { LARGE_BYTES, LONG_MS, PIECE_MS, PIECES, TIMEOUT_MS } from './timing.ts';

const chunk = (length: number) => `${length.toString(16)}\r\n${'x'.repeat(length)}\r\n`;

describe.each(fronts)('a slow client of %s', (kind) => {
  /** X6: Nginx only closes the connection. */
  const tooSlow = kind === 'nginx' ? /^$/ : /^HTTP\/1\.1 408 /;

  test.each([
    ['before its body', request('PUT /', 'Content-Length: 100')],
    ['in a small body', `${request('PUT /', 'Content-Length: 100')}hello`],
    ['in a large body', `${request('PUT /', 'Content-Length: 500000')}hello`],
    ['in chunks', `${request('POST /', 'Transfer-Encoding: chunked')}5\r\nhel`],
    ['after a chunk', `${request('POST /', 'Transfer-Encoding: chunked')}5\r\nhello\r\n`],
    ['after a large chunk', `${request('PUT /', 'Transfer-Encoding: chunked')}${chunk(2_000_000)}`],
    ['in a body that counts for nothing', `${request('GET /', 'Content-Length: 100')}hello`],
  ])('B17: one that stops %s is cut off, and no replica receives the request', async (_where, bytes) => {
    const limits = { CLIENT_BODY_MAX_BYTES: 'off', CLIENT_BODY_TIMEOUT_MS: `${TIMEOUT_MS}` };
    const [front, a] = await stage(kind, ['A'], { limits });
    const { socket, closed } = await openRaw(front.url);
    socket.write(bytes);
    expect(await closed).toMatch(tooSlow);
    expect(await front.ask({ method: 'PUT', body: 'x' })).toBe('200 from A, cookie of A');
    const others = () => a.requests.filter(({ body }) => body.length !== 1).map(({ wasAborted }) => wasAborted);
    await expect.poll(others).not.toContain(false);
  });

  test('B17: one that sends its body piece by piece in time is served', async () => {
    const [front, a] = await stage(kind, ['A'], { limits: { CLIENT_BODY_TIMEOUT_MS: `${LONG_MS}` } });
    const asked = openRequest(front.url, { method: 'PUT', headers: { 'Content-Length': `${PIECES}` } });
    const answered = responseTo(asked);
    for (let piece = 0; piece < PIECES; piece++) {
      asked.write('x');
      await delay(PIECE_MS);
    }
    expect(await read(await answered)).toMatchObject({ status: 200 });
    expect(a.requests.at(-1)?.body).toHaveLength(PIECES);
  });

  test.each([
    { framing: 'of known length', headers: { 'Content-Length': LARGE_BYTES } },
    { framing: 'in chunks', headers: {} },
  ])('B17: one that stops to read a response $framing is cut off', async ({ headers }) => {
    const [front, a] = await stage(kind, ['A'], { limits: { CLIENT_SEND_TIMEOUT_MS: `${TIMEOUT_MS}` } });
    a.behave((_request, response) => response.writeHead(200, headers).end(Buffer.alloc(LARGE_BYTES)));
    const response = await responseTo(openRequest(front.url, {}).end());
    // Not read: the replica waits, until the front gives up.
    await expect.poll(() => a.requests[0]?.wasAborted, { timeout: 10_000 }).toBe(true);
    const { body, isComplete } = await read(response);
    expect(isComplete).toBe(false);
    expect(body.length).toBeLessThan(LARGE_BYTES);
  });

  test('B17: one that reads a response piece by piece in time receives all of it', async () => {
    const [front, a] = await stage(kind, ['A'], { limits: { CLIENT_SEND_TIMEOUT_MS: `${4 * TIMEOUT_MS}` } });
    a.behave(answers(200, {}, Buffer.alloc(LARGE_BYTES)));
    const response = await responseTo(openRequest(front.url, {}).end());
    let received = 0;
    for await (const piece of response) {
      if (Math.floor(received / 5_000_000) < Math.floor((received + piece.length) / 5_000_000)) await delay(TIMEOUT_MS);
      received += piece.length;
    }
    expect(received).toBe(LARGE_BYTES);
  });
});
