import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { VisitStore } from '../../app/visits/visit.ts';
import { jsonOf, startTestEdge } from '../../testkit/fronts/edge.ts';
import { FRESH_REQUEST_ID } from '../../testkit/http/request-id.ts';
import type { Answer } from '../../testkit/http/send.ts';
import { visit } from '../../testkit/http/visits.ts';
import { hasMysql, type TestDatabase } from '../../testkit/mysql/database.ts';
import { createFaultProxy } from '../../testkit/network/fault-proxy.ts';
import { viaPort } from '../../testkit/network/via-port.ts';
import type { Behaviour } from '../../testkit/replicas/behaviours.ts';
import { answers, breaksOffInHeaders, drops, hangs } from '../../testkit/replicas/behaviours.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';
import { createMigratedDatabase, openMysql } from '../../testkit/stores/mysql.ts';
import { readLedger } from '../../testkit/stores/mysql-ledger.ts';
import { cookieOf } from '../affinity/fixture.ts';

async function startReplicas(count: number): Promise<StubReplica[]> {
  const replicas = await Promise.all([...'ABC'.slice(0, count)].map(createStubReplica));
  onTestFinished(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
  });
  return replicas;
}

const urlsOf = (replicas: StubReplica[]) => replicas.map(({ url }) => `${url} max_fails=0`);

/** Returns a behaviour that commits a visit as a replica does, and breaks the connection before it answers. */
function commitsAndDies({ commit }: VisitStore): Behaviour {
  return async (request) => {
    await commit([visit(request.headers['x-request-id'] as string)]);
    request.socket.destroy();
  };
}

/** Expects that the edge answered itself and left the client its cookie. */
function expectTakeover(answer: Answer, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({ 'x-affinity': 'takeover', 'x-served-by': 'edge' });
  expect(answer.headers['x-request-id']).toMatch(FRESH_REQUEST_ID);
  expect(answer.setCookies).not.toContainEqual(expect.stringMatching(/^srv_id=/));
}

describe.skipIf(!hasMysql)('an edge with a binding to the MySQL of its replicas', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createMigratedDatabase();
    onTestFinished(database.drop);
  });

  async function recordedIds(): Promise<string[]> {
    const { counter, rows } = await readLedger(database.admin);
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
    expect(counter).toBe(rows.length);
    return rows.map(({ requestId }) => requestId);
  }

  test.each([
    { failure: 'refuses connections', fail: (replica: StubReplica) => replica.stop() },
    { failure: 'closes without an answer', fail: (replica: StubReplica) => replica.behave(drops()) },
    { failure: 'breaks off in its headers', fail: (replica: StubReplica) => replica.behave(breaksOffInHeaders()) },
    { failure: 'does not answer in time', fail: (replica: StubReplica) => replica.behave(hangs()) },
  ])('A11: it serves a visit itself when each replica $failure', async ({ fail }) => {
    const replicas = await startReplicas(2);
    for (const replica of replicas) await fail(replica);
    const edge = await startTestEdge({
      origins: urlsOf(replicas),
      databaseUrl: database.url,
      vars: { UPSTREAM_READ_TIMEOUT_MS: '300' },
    });
    const answer = await edge.ask({ headers: { Cookie: cookieOf(replicas[1] as StubReplica) } });
    expectTakeover(answer, 200);
    expect(jsonOf(answer)).toMatchObject({
      visit: 1,
      server: { ip: 'edge', address: 'edge', sid: 'edge' },
      client: { ip: '127.0.0.1' },
      affinity: 'takeover',
      requestId: answer.headers['x-request-id'],
    });
    const { rows } = await readLedger(database.admin);
    expect(rows).toMatchObject([{ number: 1, clientIp: '127.0.0.1', serverIp: 'edge', sid: 'edge' }]);
    for (const { requests } of replicas)
      for (const { headers } of requests) expect(headers['x-request-id']).toBe(answer.headers['x-request-id']);
    expect(edge.logs.join('\n')).toContain('"affinity":"takeover"');
  });

  test.each(['A down', 'A drain'])(
    'A11: it serves a visit itself when there is no replica to try: %s',
    async (line) => {
      const [a] = (await startReplicas(1)) as [StubReplica];
      const { ask } = await startTestEdge({ origins: [line.replace('A', a.url)], databaseUrl: database.url });
      expectTakeover(await ask(), 200);
      expect(a.requests).toHaveLength(0);
    },
  );

  test('A11: a visit that a replica committed before it died is counted once and has its number', async () => {
    const { store } = openMysql(database.url);
    onTestFinished(store.close);
    const [a, b] = (await startReplicas(2)) as [StubReplica, StubReplica];
    a.behave(commitsAndDies(store));
    b.behave(drops());
    const { ask } = await startTestEdge({ origins: urlsOf([a, b]), databaseUrl: database.url });
    await store.commit([visit('before')]);

    const answer = await ask({ headers: { Cookie: cookieOf(a) } });
    expectTakeover(answer, 200);
    expect(jsonOf(answer).visit).toBe(2);
    expect(await recordedIds()).toEqual(['before', answer.headers['x-request-id']]);
    expect(jsonOf(await ask({ headers: { Cookie: cookieOf(b) } })).visit).toBe(3);
  });

  test('A11: it counts what the replicas counted, and a HEAD counts nothing', async () => {
    const replicas = await startReplicas(2);
    for (const replica of replicas) await replica.stop();
    const { ask } = await startTestEdge({ origins: urlsOf(replicas), databaseUrl: database.url });
    const { store } = openMysql(database.url);
    onTestFinished(store.close);
    await store.commit([visit('a'), visit('b')]);

    const head = await ask({ method: 'HEAD' });
    expectTakeover(head, 200);
    expect(head.body).toHaveLength(0);
    const count = await ask({ path: '/showcount' });
    expectTakeover(count, 200);
    expect(jsonOf(count)).toEqual({ count: 2 });
    expectTakeover(await ask({ path: '/readyz' }), 200);
  });

  test.each([
    ['GET', '/nothing'],
    ['GET', '/dashboard'],
    ['POST', '/let-go'],
  ])('A11: %s %s, which no route with `takeover` has, is answered 502 as without a database', async (method, path) => {
    const { ask } = await startTestEdge({ origins: ['http://127.0.0.1:9 down'], databaseUrl: database.url });
    const { status, headers, setCookies } = await ask({ method, path });
    expect([status, headers['x-affinity'], setCookies]).toEqual([502, undefined, []]);
  });

  test.each(['OPTIONS', 'PUT', 'DELETE'])(
    "A11: %s may be sent twice, so the edge's handlers answer it",
    async (method) => {
      const replicas = await startReplicas(2);
      for (const replica of replicas) replica.behave(drops());
      const { ask } = await startTestEdge({ origins: urlsOf(replicas), databaseUrl: database.url });
      expectTakeover(await ask({ method }), 405);
    },
  );

  test.each(['POST', 'PATCH', 'LOCK'])('A11: %s that no replica saw is taken over', async (method) => {
    const replicas = await startReplicas(2);
    for (const replica of replicas) await replica.stop();
    const { ask } = await startTestEdge({ origins: urlsOf(replicas), databaseUrl: database.url });
    expectTakeover(await ask({ method, headers: { 'Content-Length': '4' }, body: 'body' }), 405);
  });

  test.each([
    ['POST', 'closes without an answer', drops(), 502],
    ['PATCH', 'closes without an answer', drops(), 502],
    ['POST', 'does not answer in time', hangs(), 504],
  ] as const)('A11: %s that a replica may have seen, which %s, is not', async (method, _how, behaviour, status) => {
    const [a] = (await startReplicas(1)) as [StubReplica];
    a.behave(behaviour);
    const { ask } = await startTestEdge({
      origins: urlsOf([a]),
      databaseUrl: database.url,
      vars: { UPSTREAM_READ_TIMEOUT_MS: '300' },
    });
    const { status: answered, headers, setCookies } = await ask({ method });
    expect([answered, headers['x-affinity']]).toEqual([status, undefined]);
    expect(setCookies).toEqual([expect.stringContaining(`srv_id=${a.sid};`)]);
  });

  test('A11: headers that a client forges are ignored, as in a replica', async () => {
    const { ask } = await startTestEdge({ origins: ['http://127.0.0.1:9 down'], databaseUrl: database.url });
    const headers = { 'X-Request-ID': 'forged', 'X-Real-IP': '6.6.6.6', 'CF-Connecting-IP': '6.6.6.6' };
    const answer = await ask({ headers });
    expect(jsonOf(answer)).toMatchObject({ client: { ip: '127.0.0.1' } });
    expect(answer.headers['x-request-id']).not.toBe('forged');
  });

  test('A11: the edge serves nothing itself while a replica answers, whatever the answer', async () => {
    const [a] = (await startReplicas(1)) as [StubReplica];
    const { ask } = await startTestEdge({ origins: urlsOf([a]), databaseUrl: database.url });
    for (const status of [200, 404, 500, 503]) {
      a.behave(answers(status));
      const answer = await ask();
      expect([answer.status, answer.headers['x-replica']]).toEqual([status, 'A']);
    }
    expect(await recordedIds()).toEqual([]);
  });

  test('A11: a client comes back to its replica with the cookie it kept', async () => {
    const [a, b] = (await startReplicas(2)) as [StubReplica, StubReplica];
    const { ask } = await startTestEdge({ origins: urlsOf([a, b]), databaseUrl: database.url });
    for (const replica of [a, b]) await replica.stop();
    expectTakeover(await ask({ headers: { Cookie: cookieOf(b) } }), 200);
    for (const replica of [a, b]) await replica.restart();
    for (let time = 0; time < 3; time++)
      expect((await ask({ headers: { Cookie: cookieOf(b) } })).headers['x-replica']).toBe('B');
  });

  test('A11: with the database down, too, its 503 has Retry-After, and visits count again afterwards', async () => {
    const gate = await createFaultProxy(Number(new URL(database.url).port));
    const { ask } = await startTestEdge({
      origins: ['http://127.0.0.1:9 down'],
      databaseUrl: viaPort(database.url, gate.port),
    });
    await gate.shut();
    for (const path of ['/', '/showcount', '/readyz']) {
      const answer = await ask({ path });
      expectTakeover(answer, 503);
      expect(answer.headers['retry-after']).toBe('1');
    }
    await gate.open();
    onTestFinished(gate.shut);
    // After a failed connection, all attempts within a second fail at once.
    await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe(200);
    expect(jsonOf(await ask()).visit).toBe(2);
  });

  test('A11: many visits at once are served with few connections, each with its own number', async () => {
    const { ask } = await startTestEdge({ origins: ['http://127.0.0.1:9 down'], databaseUrl: database.url });
    let mostConnections = 0;
    let isDone = false;
    const visiting = Promise.all(Array.from({ length: 60 }, () => ask())).finally(() => {
      isDone = true;
    });
    while (!isDone) mostConnections = Math.max(mostConnections, (await database.connectionIds()).length);
    const numbers = (await visiting).map((answer) => jsonOf(answer).visit as number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(await recordedIds()).toHaveLength(60);
    expect(mostConnections).toBeLessThanOrEqual(20);
  });
});

test('A11: without a database the edge answers 502, as in A7', async () => {
  const [a] = (await startReplicas(1)) as [StubReplica];
  await a.stop();
  const { ask } = await startTestEdge({ origins: urlsOf([a]) });
  const answer = await ask();
  expect([answer.status, answer.headers['x-affinity']]).toEqual([502, undefined]);
  expect(answer.setCookies).toEqual([expect.stringContaining(`srv_id=${a.sid};`)]);
});
