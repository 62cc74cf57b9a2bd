import type { RowDataPacket } from 'mysql2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answeredNumbers, createVisitor, visitInParallel } from '../../testkit/http/visitor.ts';
import { createTestDatabase, hasMysql, type TestDatabase } from '../../testkit/mysql/database.ts';
import { createFaultProxy, type FaultProxy } from '../../testkit/network/fault-proxy.ts';
import { viaPort } from '../../testkit/network/via-port.ts';
import { type ClusterProcess, startCluster } from '../../testkit/processes/cluster.ts';

describe.skipIf(!hasMysql)('three replicas on one MySQL', () => {
  let database: TestDatabase;
  let gate: FaultProxy;
  let cluster: ClusterProcess;

  beforeEach(async () => {
    database = await createTestDatabase();
    gate = await createFaultProxy(Number(new URL(database.url).port || 3306));
    cluster = await startCluster(viaPort(database.url, gate.port));
  });

  afterEach(async () => {
    await cluster.end('SIGINT');
    await gate.shut();
    await database.drop();
  });

  /** Returns the database's content: number of rows, lowest and highest number, and the counter. */
  async function ledger() {
    const [rows] = await database.admin.query<RowDataPacket[]>(
      `select count(*) as visits, count(distinct request_id) as requests, min(number) as first, max(number) as last,
              (select value from global_counter) as counter from access_log`,
    );
    return rows[0] as { visits: number; requests: number; first: number; last: number; counter: number };
  }

  async function recordedNumbers(): Promise<number[]> {
    const [rows] = await database.admin.query<RowDataPacket[]>('select number from access_log order by number');
    return rows.map((row) => row.number as number);
  }

  function expectGapless({ visits, requests, first, last, counter }: Awaited<ReturnType<typeof ledger>>): void {
    expect({ requests, first, last, counter }).toEqual({ requests: visits, first: 1, last: visits, counter: visits });
  }

  test('V1 V2 V4: with a replica killed again and again, every answered visit has its row and its own number', async () => {
    let kills = 0;
    const trails = await visitInParallel(cluster.edgeUrl, 64, (visits) => {
      const pids = [...cluster.replicaPids().values()];
      const returned = cluster.output().match(/is back/g)?.length ?? 0;
      // Kill one at a time: if none were left, no balancer could answer.
      if (visits > kills * 400 && returned === kills) process.kill(pids[kills++ % pids.length] as number, 'SIGKILL');
      return visits >= 4000 && kills >= 5;
    });

    expect(trails.flatMap(({ errors }) => errors)).toEqual([]);
    const answered = answeredNumbers(trails);
    const recorded = new Set(await recordedNumbers());
    expect(new Set(answered).size).toBe(answered.length);
    expect(answered.filter((number) => !recorded.has(number))).toEqual([]);
    expectGapless(await ledger());
    expect(new Set(trails.flatMap(({ answers }) => answers.map(({ status }) => status)))).toEqual(new Set([200]));
  });

  test('V4: while the database is down visits are answered 503 with Retry-After and not counted; then visits count again', async () => {
    let refused = 0;
    const trails = await visitInParallel(cluster.edgeUrl, 16, (visits, last) => {
      if (visits === 300) void gate.shut();
      // Open the gate long before a replica gives up a visit whose commit was in flight: such a visit could be counted
      // and yet be answered with 503.
      if (last?.status === 503 && ++refused === 100) void gate.open();
      return refused >= 100 && visits >= 1500;
    });
    const statuses = trails.flatMap(({ answers }) => answers.map(({ status }) => status));
    expect(trails.flatMap(({ errors }) => errors)).toEqual([]);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(trails.map(({ answers }) => answers.at(-1)?.status)).toEqual(trails.map(() => 200));
    const refusals = trails.flatMap(({ answers }) => answers.filter(({ status }) => status === 503));
    expect(refusals.filter(({ headers }) => headers['retry-after'] !== '1')).toEqual([]);

    const answered = answeredNumbers(trails);
    expectGapless(await ledger());
    expect(answered).toEqual(await recordedNumbers());
  });

  test('V4: while the database hangs visits are answered 503 with Retry-After; then visits count again', async () => {
    let isStalled = false;
    let refused = 0;
    const trails = await visitInParallel(cluster.edgeUrl, 16, (visits, last) => {
      if (visits >= 200 && !isStalled) {
        isStalled = true;
        gate.stall();
      }
      if (last?.status === 503 && ++refused === 16) gate.resume();
      return refused >= 16 && visits >= 1000;
    });
    expect(trails.flatMap(({ errors }) => errors)).toEqual([]);
    const answers = trails.flatMap((trail) => trail.answers);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
    expect(answers.filter(({ status, headers }) => status === 503 && headers['retry-after'] !== '1')).toEqual([]);
    expect(trails.map((trail) => trail.answers.at(-1)?.status)).toEqual(trails.map(() => 200));
    expectGapless(await ledger());
    // A visit whose commit hung for more than IN_DOUBT_TIMEOUT_MS may be counted and yet be answered with 503. Every other
    // row has its answer, and every answer has its row.
    const answered = answeredNumbers(trails);
    const recorded = await recordedNumbers();
    expect(new Set(answered).size).toBe(answered.length);
    expect(answered.filter((number) => !recorded.includes(number))).toEqual([]);
    const refusedIds = answers.filter(({ status }) => status === 503).map(({ headers }) => headers['x-request-id']);
    const unanswered = recorded.filter((number) => !answered.includes(number));
    const [rows] = await database.admin.query<RowDataPacket[]>(
      'select request_id from access_log where number in (?) and request_id not in (?)',
      [[0, ...unanswered], refusedIds],
    );
    expect(rows).toEqual([]);
  }, 90_000);

  test('V3: a repeated request id is counted once and answered with the number it has, on any replica', async () => {
    const requestId = 'retried-by-the-balancer';
    const answers = await Promise.all(
      [...cluster.replicaPids().keys()].map(async (address) => {
        const response = await fetch(`http://${address}/`, {
          headers: { Accept: 'application/json', 'X-Request-ID': requestId },
        });
        return (await response.json()) as { visit: number };
      }),
    );
    expect(answers.map(({ visit }) => visit)).toEqual([1, 1, 1]);
    expect(await ledger()).toMatchObject({ visits: 1, counter: 1 });
  });

  test("V3: a client's own request id does not make two visits one", async () => {
    const visitor = createVisitor(cluster.edgeUrl);
    const numbers: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const response = await fetch(cluster.edgeUrl, {
        headers: { Accept: 'application/json', 'X-Request-ID': 'mine' },
      });
      numbers.push(((await response.json()) as { visit: number }).visit);
    }
    expect(numbers).toEqual([1, 2]);
    visitor.close();
  });
});
