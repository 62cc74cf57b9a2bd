import { describe, expect, onTestFinished, test } from 'vitest';
import { DASHBOARD_EVENTS } from '../../app/routes/dashboard.ts';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { startNginxFront } from '../../testkit/fronts/nginx.ts';
import { openRequest, read, responseTo, send } from '../../testkit/http/send.ts';
import { answers, drops, hangs } from '../../testkit/replicas/behaviours.ts';
import { createDeafReplica } from '../../testkit/replicas/blackhole.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';
import { type AskableFront, frontBefore, stage } from './fixture.ts';

/** Repeats a request sequentially and returns the answers. */
async function repeat(times: number, ask: () => ReturnType<AskableFront['ask']>): Promise<string[]> {
  const answered: string[] = [];
  for (let time = 0; time < times; time++) answered.push(await ask());
  return answered;
}

const NOBODY = '502 from the front, no cookie';

describe.each(fronts)('giving up, at %s', (kind) => {
  test('A7: all peers refuse connections: 502 with the cookie of the last one, then 502 without a cookie', async () => {
    const [front, a, b, c] = await stage(kind, ['A', 'B', 'C']);
    for (const replica of [a, b, c]) await replica.stop();
    expect(await front.ask({ as: b })).toBe('502 from the front, cookie of C');
    expect(await front.ask()).toBe(NOBODY);
    expect(await front.ask({ as: a })).toBe(NOBODY);
    expect(await front.ask({ method: 'POST', as: a })).toBe(NOBODY);
  });

  test.each([
    { failure: 'close without an answer', behaviour: drops(), first: '502 from the front, cookie of C' },
    { failure: 'do not answer in time', behaviour: hangs(), first: '504 from the front, cookie of C' },
  ])('A7: all peers $failure: the cookie of the last one, then 502 without a cookie', async ({ behaviour, first }) => {
    const [front, ...replicas] = await stage(kind, ['A', 'B', 'C'], { readTimeoutMs: 1000 });
    for (const replica of replicas) replica.behave(behaviour);
    expect(await repeat(2, front.ask)).toEqual([first, NOBODY]);
    expect(replicas.map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
  });

  test.each(['GET', 'POST'])('A7: %s to peers that accept no connection in time: 504', async (method) => {
    const a = await createDeafReplica('A');
    const front = await frontBefore([a], kind, ['A'], { connectTimeoutMs: 1000, readTimeoutMs: 1000 });
    expect(await front.ask({ method })).toBe('504 from the front, cookie of A');
  });

  test('A7: POST fails peer by peer, until no peer is left', async () => {
    const [front, ...replicas] = await stage(kind, ['A', 'B', 'C']);
    for (const replica of replicas) replica.behave(drops());
    expect(await repeat(4, () => front.ask({ method: 'POST' }))).toEqual([
      '502 from the front, cookie of A',
      '502 from the front, cookie of B',
      '502 from the front, cookie of C',
      NOBODY,
    ]);
  });

  test.each([
    { lines: ['A', 'B', 'C'], last: 'C' },
    { lines: ['A', 'B', 'C backup'], last: 'C' },
  ])('A7: all of $lines answer 503: the last answer counts, and is no failure', async ({ lines, last }) => {
    const [front, ...replicas] = await stage(kind, lines);
    for (const replica of replicas) replica.behave(answers(503));
    expect(await repeat(3, front.ask)).toEqual([
      `503 from ${last}, cookie of ${last}`,
      // The last peer is tried again. Two more tries were left, so Nginx looks for another peer and finds none.
      `502 from the front, cookie of ${last}`,
      NOBODY,
    ]);
  });

  test('A7: a 503 when the other peer is unavailable: 502, because one more try was left', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    a.behave(drops());
    b.behave(answers(503));
    expect(await front.ask({ as: a })).toBe('503 from B, cookie of B');
    expect(await front.ask()).toBe('502 from the front, cookie of B');
  });

  test('A7: POST receives the 503 of each peer in order, none of them a failure', async () => {
    const [front, ...replicas] = await stage(kind, ['A', 'B', 'C']);
    for (const replica of replicas) replica.behave(answers(503));
    expect(await front.askInTurn(4, { method: 'POST' })).toBe('ABCA');
    for (const replica of replicas) replica.behave(answers(200));
    expect(await front.askInTurn(3)).toBe('BCA');
  });

  test.each([
    { failure: 'closes without an answer', behaviour: drops(), answered: '502 from the front, cookie of A' },
    { failure: 'does not answer in time', behaviour: hangs(), answered: '504 from the front, cookie of A' },
    { failure: 'answers 503', behaviour: answers(503), answered: '503 from A, cookie of A' },
  ])('A5: the only peer is never marked unavailable when it $failure', async ({ behaviour, answered }) => {
    const [front, a] = await stage(kind, ['A'], { readTimeoutMs: 1000 });
    a.behave(behaviour);
    expect(await repeat(3, front.ask)).toEqual(Array(3).fill(answered));
    a.behave(answers(200));
    expect(await front.ask()).toBe('200 from A, cookie of A');
  });

  test('A5: the only peer is never marked unavailable when it refuses connections', async () => {
    const [front, a] = await stage(kind, ['A']);
    await a.stop();
    expect(await repeat(3, front.ask)).toEqual(Array(3).fill('502 from the front, cookie of A'));
    await a.restart();
    expect(await front.ask()).toBe('200 from A, cookie of A');
  });

  test.each(['B down', 'B backup'])('A5: a peer whose only neighbour is "%s" is marked unavailable', async (line) => {
    const [front, a, b] = await stage(kind, ['A', line]);
    await (b as StubReplica).stop();
    a.behave(drops());
    await front.ask();
    a.behave(answers(200));
    expect(await front.ask()).toBe(NOBODY);
  });
});

describe.each(fronts.filter((kind) => kind === 'nginx'))('an unreachable replica, at %s', () => {
  test.each([
    { method: 'GET', tries: 1, begins: 1 },
    { method: 'GET', tries: 10, begins: 2 },
    // There was no connection, so no replica can have seen the request.
    { method: 'POST', tries: 10, begins: 2 },
  ])(
    'B14: is tried $begins times for a $method with UPSTREAM_TRIES=$tries, because its name may have a new address',
    async ({ method, tries, begins }) => {
      const a = await createStubReplica('A');
      await a.stop();
      const lines: string[] = [];
      const front = await startNginxFront(
        {
          peers: [a.url],
          connectTimeoutMs: 1000,
          readTimeoutMs: 1000,
          cookieSecure: false,
          limits: { UPSTREAM_TRIES: `${tries}` },
        },
        { onAccess: (line) => lines.push(line.toString()) },
      );
      onTestFinished(front.close);
      expect((await send(front.url, { method })).status).toBe(502);
      await expect.poll(() => lines).toHaveLength(1);
      const { peer } = JSON.parse(lines[0] as string) as { peer: string };
      expect(peer).toBe(Array(begins).fill(new URL(a.url).host).join(' : '));
    },
  );
});

describe.each(fronts.filter((kind) => kind === 'nginx'))('more requests than %s accepts at once', () => {
  test.each([
    ['text/plain', 'Too many requests are in flight.\n'],
    ['application/json', '"status": 503'],
    ['text/html', '<h1>Too many requests are in flight.</h1>'],
  ])('are answered 503 with Retry-After at once, as %s', async (form, told) => {
    const a = await createStubReplica('A');
    const waiting: (() => void)[] = [];
    a.behave((_request, response) => waiting.push(() => response.end('A')));
    const front = await startNginxFront({
      peers: [a.url],
      connectTimeoutMs: 1000,
      readTimeoutMs: 10_000,
      cookieSecure: false,
      limits: { REQUEST_LIMIT: '2' },
    });
    onTestFinished(async () => {
      await front.close();
      await a.stop();
    });
    const underWay = [openRequest(front.url, {}).end(), openRequest(front.url, {}).end()];
    const answered = underWay.map(responseTo);
    await expect.poll(() => waiting.length).toBe(2);

    const refused = await send(front.url, { headers: { Accept: form } });
    expect(refused).toMatchObject({ status: 503, setCookies: [], headers: { 'retry-after': '1' } });
    expect(refused.body.toString()).toContain(told);

    // An open dashboard does not count as such a request; it has a limit of its own.
    const dashboard = responseTo(openRequest(front.url, { path: DASHBOARD_EVENTS }).end());
    await expect.poll(() => waiting.length).toBe(3);

    for (const answer of waiting) answer();
    expect(await read(await dashboard)).toMatchObject({ status: 200 });
    for (const answer of answered) expect(await read(await answer)).toMatchObject({ status: 200 });
    a.behave((_request, response) => response.end('A'));
    expect(await send(front.url)).toMatchObject({ status: 200 });
  });
});
