import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { type Behaviour, drops } from '../../testkit/replicas/behaviours.ts';
import { stage } from './fixture.ts';

/** Answers the first request of each connection, and closes the connection at the second. */
function closesKeptConnections(): Behaviour {
  const used = new WeakSet<Socket>();
  return (request, response, { name }) => {
    const { socket } = request;
    if (used.has(socket)) socket.destroy();
    else response.end(name);
    used.add(socket);
  };
}

describe.each(fronts)('kept connections at %s', (kind) => {
  /** Sends a request on the connection that the only replica then closes. Returns the answer, and the methods received. */
  async function askOnClosing(method: string) {
    const [front, a] = await stage(kind, ['A']);
    a.behave(closesKeptConnections());
    expect(await front.ask()).toBe('200 from A, cookie of A');
    const answer = await front.ask({ method });
    return { answer, methods: a.requests.map((request) => request.method) };
  }

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])(
    'B13: %s is sent once more when the only replica closes the kept connection',
    async (method) => {
      const { answer, methods } = await askOnClosing(method);
      expect(answer).toBe('200 from A, cookie of A');
      expect(methods).toEqual(['GET', method, method]);
    },
  );

  test.each(['POST', 'PATCH', 'LOCK'])(
    'B13: %s is not sent once more when the only replica closes the kept connection',
    async (method) => {
      const { answer, methods } = await askOnClosing(method);
      expect(answer).toBe('502 from the front, cookie of A');
      expect(methods).toEqual(['GET', method]);
    },
  );

  test('B13: a request is sent once more only', async () => {
    const [front, a] = await stage(kind, ['A']);
    expect(await front.ask()).toBe('200 from A, cookie of A');
    a.behave(drops());
    expect(await front.ask()).toBe('502 from the front, cookie of A');
    expect(a.requests).toHaveLength(3);
    expect(await front.ask()).toBe('502 from the front, cookie of A');
    expect(a.requests).toHaveLength(4);
  });

  test('B13: with another replica the request goes there', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    a.behave(closesKeptConnections());
    expect(await front.ask({ as: a })).toBe('200 from A, cookie of A');
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    expect([a, b].map(({ requests }) => requests.length)).toEqual([2, 1]);
  });
});

describe.each(fronts.filter((kind) => kind === 'nginx'))('a request that %s starts again', (kind) => {
  test('B14: asks a replica that failed at most once more', async () => {
    const [front, a, b] = await stage(kind, ['A max_fails=0', 'B']);
    await b.stop();
    await front.ask({ as: b });
    a.behave(drops());
    const before = a.requests.length;
    expect(await front.ask({ as: a })).toBe('502 from the front, cookie of A');
    expect(a.requests.length - before).toBeLessThanOrEqual(2);
  });
});
