import type { RowDataPacket } from 'mysql2';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { jsonOf, startTestEdge } from '../../testkit/fronts/edge.ts';
import { createWranglerWorker } from '../../testkit/fronts/wrangler-worker.ts';
import { visits } from '../../testkit/http/visits.ts';
import { hasMysql, type TestDatabase } from '../../testkit/mysql/database.ts';
import { holdCounter } from '../../testkit/mysql/held-counter.ts';
import { createSilentCut } from '../../testkit/network/silent-cut.ts';
import { createMigratedDatabase, openMysql } from '../../testkit/stores/mysql.ts';
import { readLedger } from '../../testkit/stores/mysql-ledger.ts';

/** Starts the worker on this database, as `wrangler dev --env mysql` does. */
async function startWithWrangler(databaseUrl: string): Promise<string> {
  const harness = createWranglerWorker('mysql', ({ hyperdrive }) => ({
    hyperdrive: hyperdrive.map((binding: object) => ({ ...binding, localConnectionString: databaseUrl })),
  }));
  onTestFinished(() => harness.close());
  return (await harness.listen()).url.origin;
}

describe.skipIf(!hasMysql)('an edge without replicas, on MySQL', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createMigratedDatabase();
    onTestFinished(database.drop);
  });

  test.each([
    ['workerd', async () => (await startTestEdge({ databaseUrl: database.url })).url],
    ["wrangler's bundle and Hyperdrive's emulation", () => startWithWrangler(database.url)],
  ])('V1 V2: visits at once are each counted, with %s', async (_where, start) => {
    const url = await start();
    const headers = { Accept: 'application/json' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(url, { headers })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.headers.get('X-Affinity')))).toEqual(new Set(['new']));
    const visits = (await Promise.all(answers.map((answer) => answer.json()))) as { visit: number }[];
    const numbers = visits.map(({ visit }) => visit).toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(await (await fetch(`${url}/showcount`)).text()).toBe('50\n');
    const { counter, rows } = await readLedger(database.admin);
    expect([counter, rows.length]).toEqual([50, 50]);
  });

  test('V6: the address of a client is that of its connection, whatever its headers say', async () => {
    const { ask } = await startTestEdge({ databaseUrl: database.url });
    const forged = { 'CF-Connecting-IP': '6.6.6.6', 'X-Real-IP': '6.6.6.6', 'X-Forwarded-For': '6.6.6.6' };
    expect(jsonOf(await ask({ headers: forged })).client).toEqual({ ip: '127.0.0.1' });
    const { rows } = await readLedger(database.admin);
    expect(rows).toMatchObject([{ clientIp: '127.0.0.1', serverIp: 'edge', sid: 'edge' }]);
  });

  test('a commit sees what others have committed, as in a replica', async () => {
    const { ask } = await startTestEdge({ databaseUrl: database.url });
    const counter = await holdCounter(database);
    const visiting = ask();
    // Poll at longer intervals: the server repeats its previous list of transactions when it is asked again within 100
    // ms.
    const patiently = { timeout: 10_000, interval: 300 };
    await vi.waitFor(async () => {
      const [rows] = await database.admin.query<RowDataPacket[]>(
        `select trx_isolation_level as level from information_schema.innodb_trx
         join information_schema.processlist on id = trx_mysql_thread_id where db = ? and trx_state = 'LOCK WAIT'`,
        [new URL(database.url).pathname.slice(1)],
      );
      expect(rows.map(({ level }) => level)).toEqual(['READ COMMITTED']);
    }, patiently);
    await counter.letGo();
    expect(jsonOf(await visiting).visit).toBe(1);
  });

  test('V4: an edge that is cut off silently in the middle of a commit does not keep the counter from replicas', async () => {
    const cut = await createSilentCut(Number(new URL(database.url).port));
    onTestFinished(cut.close);
    const url = new URL(database.url);
    [url.hostname, url.port] = ['127.0.0.1', `${cut.port}`];
    const { ask } = await startTestEdge({ databaseUrl: url.href });
    const isCut = cut.cutAfter(/update.*global_counter/);
    const asking = ask();
    await isCut;
    const { store } = openMysql(database.url);
    onTestFinished(store.close);
    // If the lock were still held, this commit would fail.
    expect(await store.commit(visits('replica'))).toEqual([2]);
    // The visit is found by its request id as soon as the database can be reached again.
    expect(jsonOf(await asking).visit).toBe(1);
  });

  test('no connection stays open', async () => {
    const { ask } = await startTestEdge({ databaseUrl: database.url });
    await Promise.all(Array.from({ length: 30 }, () => ask()));
    await vi.waitFor(async () => expect(await database.connectionIds()).toEqual([]));
  });
});
