import { describe, expect, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { openRequest, responseTo } from '../../testkit/http/send.ts';
import { answers, answersInPart, hangs, holds } from '../../testkit/replicas/behaviours.ts';
import { type AskOptions, cookieOf, stage } from './fixture.ts';

// What a client does must never count as a peer's failure: otherwise any client could take all peers out of service.

describe.each(fronts)('clients that leave %s', (kind) => {
  test.each([
    { moment: 'that waits for its answer', behaviour: hangs(), hasAnswer: false },
    { moment: 'in the middle of its answer', behaviour: answersInPart(), hasAnswer: true },
    {
      moment: 'in the middle of an answer of known length',
      behaviour: answersInPart({ 'Content-Length': 100 }),
      hasAnswer: true,
    },
  ])('one $moment frees its peer', async ({ behaviour, hasAnswer }) => {
    const [front, a] = await stage(kind, ['A max_conns=1', 'B']);
    a.behave(behaviour);
    const asked = openRequest(front.url, { headers: { Cookie: cookieOf(a) } }).end();
    if (hasAnswer) await responseTo(asked);
    await expect.poll(() => a.requests).toHaveLength(1);
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');

    a.behave(answers(200));
    asked.socket?.resetAndDestroy();
    await expect.poll(() => a.requests[0]?.wasAborted).toBe(true);
    await expect.poll(() => front.ask({ as: a })).toBe('200 from A, cookie of A');
  });

  test('one that disconnects before the answer frees its peer when the answer comes', async () => {
    const [front, a] = await stage(kind, ['A max_conns=1', 'B']);
    const held = holds();
    a.behave(held.behaviour);
    const asked = openRequest(front.url, { headers: { Cookie: cookieOf(a) } }).end();
    await expect.poll(() => a.requests).toHaveLength(1);
    asked.destroy();
    held.release();
    await expect.poll(() => front.ask({ as: a })).toBe('200 from A, cookie of A');
  });

  test.each([
    { upload: 'a small', length: 1000 },
    { upload: 'a large', length: 500_000 },
  ])('one in the middle of $upload request does not count as a failure of the peer', async ({ length }) => {
    const [front, a] = await stage(kind, ['A max_conns=1', 'B']);
    const headers = { 'Content-Length': `${length}`, Cookie: cookieOf(a) };
    const asked = openRequest(front.url, { method: 'POST', headers });
    await new Promise((resolve) => asked.write(Buffer.alloc(length / 2), resolve));
    asked.destroy();
    await expect.poll(() => front.ask({ as: a })).toBe('200 from A, cookie of A');
  });
});

describe.each(fronts)('odd requests to %s', (kind) => {
  const oddRequests: Record<string, AskOptions> = {
    'a GET with a body': { headers: { 'Content-Length': '5' }, body: 'hello' },
    'a GET with a large body': { headers: { 'Content-Length': '200000' }, body: Buffer.alloc(200_000) },
    'a GET with a body of unknown length': { headers: { 'Transfer-Encoding': 'chunked' }, body: 'hello' },
    'a GET with an empty body': { headers: { 'Content-Length': '0' } },
    'a HEAD with a body': { method: 'HEAD', headers: { 'Content-Length': '5' }, body: 'hello' },
    'a POST that asks for a WebSocket': {
      method: 'POST',
      headers: { Upgrade: 'websocket', 'Content-Length': '5' },
      body: 'hello',
    },
    'an Upgrade to something else': { headers: { Connection: 'Upgrade', Upgrade: 'h2c' } },
    'a Connection header that is no list': { headers: { Connection: 'close, @@@, ,' } },
    'a header of 10 kB': { headers: { 'X-Long': 'x'.repeat(10_000) } },
    'a query of 4 kB': { path: `/?${'q'.repeat(4000)}` },
    'a path that leads outside': { path: '/../../etc/passwd' },
    "another site's host": { headers: { Host: 'evil.example' } },
    'an unparsable Accept': { headers: { Accept: ';;;q=,,,' } },
  };

  test.each(Object.entries(oddRequests))('%s does not count as a failure of the peer', async (_request, options) => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    await front.get({ ...options, as: a });
    expect(await front.ask({ as: a })).toBe('200 from A, cookie of A');
    expect(b.requests).toEqual([]);
  });
});
