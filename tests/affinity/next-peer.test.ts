import { describe, expect, test } from 'vitest';
import type { FrontOptions } from '../../testkit/fronts/front.ts';
import { fronts } from '../../testkit/fronts/fronts.ts';
import {
  answers,
  breaksOff,
  breaksOffInHeaders,
  drops,
  dropsAtOnce,
  hangs,
} from '../../testkit/replicas/behaviours.ts';
import { createDeafReplica } from '../../testkit/replicas/blackhole.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';
import { frontBefore, stage } from './fixture.ts';

const MAY_BE_SENT_TWICE = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];
const MAY_NOT_BE_SENT_TWICE = ['POST', 'PATCH', 'LOCK'];
const ALL_METHODS = [...MAY_BE_SENT_TWICE, ...MAY_NOT_BE_SENT_TWICE];

const FAILURES = [
  { failure: 'closes without an answer', behaviour: drops(), passedOn: '502 from the front, cookie of A' },
  {
    failure: 'closes in the middle of its headers',
    behaviour: breaksOffInHeaders(),
    passedOn: '502 from the front, cookie of A',
  },
  { failure: 'answers 503', behaviour: answers(503), passedOn: '503 from A, cookie of A' },
  {
    failure: 'does not answer in time',
    behaviour: hangs(),
    passedOn: '504 from the front, cookie of A',
    readTimeoutMs: 1000,
  },
];

/** Combines every method with every failure. */
function cross<Failure>(methods: string[], failures: Failure[]): (Failure & { method: string })[] {
  return failures.flatMap((failure) => methods.map((method) => ({ method, ...failure })));
}

function timeouts(readTimeoutMs: number | undefined): Omit<FrontOptions, 'peers'> {
  return readTimeoutMs === undefined ? {} : { readTimeoutMs };
}

function methodsIn({ requests }: StubReplica): string[] {
  return requests.map(({ method }) => method);
}

describe.each(fronts)('the next peer, at %s', (kind) => {
  test.each(ALL_METHODS)('A6: %s goes to the next peer after a refused connection', async (method) => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    await a.stop();
    expect(await front.ask({ method, as: a })).toBe('200 from B, cookie of B');
    expect(methodsIn(b)).toEqual([method]);
  });

  test.each(['GET', 'POST'])('A6: %s goes to the next peer after a connection that timed out', async (method) => {
    const [a, b] = await Promise.all([createDeafReplica('A'), createStubReplica('B')]);
    const front = await frontBefore([a, b], kind, ['A', 'B'], { connectTimeoutMs: 1000, readTimeoutMs: 2000 });
    expect(await front.ask({ method, as: a })).toBe('200 from B, cookie of B');
    expect(methodsIn(b)).toEqual([method]);
    await b.stop();
  });

  test.each(cross(MAY_BE_SENT_TWICE, FAILURES))(
    'A6: $method goes to the next peer when the first $failure',
    async ({ method, behaviour, readTimeoutMs }) => {
      const [front, a, b] = await stage(kind, ['A', 'B'], timeouts(readTimeoutMs));
      a.behave(behaviour);
      expect(await front.ask({ method, as: a })).toBe('200 from B, cookie of B');
      expect([methodsIn(a), methodsIn(b)]).toEqual([[method], [method]]);
    },
  );

  test.each(cross(MAY_NOT_BE_SENT_TWICE, FAILURES))(
    'A6: $method is not sent twice when the first peer $failure',
    async ({ method, behaviour, passedOn, readTimeoutMs }) => {
      const [front, a, b] = await stage(kind, ['A', 'B'], timeouts(readTimeoutMs));
      a.behave(behaviour);
      expect(await front.ask({ method, as: a, body: 'once' })).toBe(passedOn);
      expect([methodsIn(a), methodsIn(b)]).toEqual([[method], []]);
    },
  );

  test.each([201, 301, 403, 404, 429, 500, 502, 504])(
    "A6: a %i is the client's answer, and no other peer is tried",
    async (status) => {
      const [front, a, b] = await stage(kind, ['A', 'B']);
      a.behave(answers(status));
      expect(await front.ask({ as: a })).toBe(`${status} from A, cookie of A`);
      expect(await front.ask({ as: a })).toBe(`${status} from A, cookie of A`);
      expect(b.requests).toEqual([]);
    },
  );

  test('A6: each peer is tried once, the one in the cookie first, then the others in turn', async () => {
    const [front, a, b, c, d] = await stage(kind, ['A max_fails=0', 'B max_fails=0', 'C max_fails=0', 'D']);
    for (const replica of [a, b, c]) replica.behave(drops());
    expect(await front.ask({ as: c })).toBe('200 from D, cookie of D');
    expect([a, b, c, d].map(({ requests }) => requests.length)).toEqual([1, 1, 1, 1]);
  });

  test('A6: the next peer receives the whole body of a PUT', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    a.behave(drops());
    const body = Buffer.alloc(50_000, 'body ');
    expect(await front.ask({ method: 'PUT', as: a, body })).toBe('200 from B, cookie of B');
    expect([a, b].map(({ requests }) => requests[0]?.body.equals(body))).toEqual([true, true]);
  });

  test('A6: after a refused connection the next peer receives the whole body of a POST, however large', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    await a.stop();
    const body = Buffer.alloc(500_000, 'body ');
    expect(await front.ask({ method: 'POST', as: a, body })).toBe('200 from B, cookie of B');
    expect(b.requests[0]?.body.equals(body)).toBe(true);
  });

  test('A6: a POST is not sent twice if the peer saw its start', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    a.behave(dropsAtOnce());
    const body = Buffer.alloc(500_000);
    expect(await front.ask({ method: 'POST', as: a, body })).toBe('502 from the front, cookie of A');
    expect(b.requests).toEqual([]);
  });

  // Nginx buffers the whole request before it selects a peer. The worker streams large requests.
  const large =
    kind === 'nginx'
      ? (['is held back and goes to the next peer', '200 from B, cookie of B', 1] as const)
      : (['is streamed, so that it cannot be sent twice', '502 from the front, cookie of A', 0] as const);
  test(`A6: PUT of 200 kB ${large[0]}`, async () => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    a.behave(drops());
    expect(await front.ask({ method: 'PUT', as: a, body: Buffer.alloc(200_000) })).toBe(large[1]);
    expect(b.requests).toHaveLength(large[2]);
  });

  test('A6: a request whose answer breaks off in its body is not sent again, and that is not a failure', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    a.behave(breaksOff());
    const answer = await front.get({ as: a });
    expect(answer).toMatchObject({ status: 200, isComplete: false });
    a.behave(answers(200));
    expect(await front.ask({ as: a })).toBe('200 from A, cookie of A');
    expect(b.requests).toEqual([]);
  });

  test.each(['GET', 'POST'])('A6: a kept connection that the peer closed is replaced before a %s', async (method) => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    await front.ask({ as: a });
    a.closeIdleConnections();
    expect(await front.ask({ method, as: a })).toBe('200 from A, cookie of A');
    expect(b.requests).toEqual([]);
  });
});
