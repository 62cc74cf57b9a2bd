import mysql from 'mysql2/promise';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { StoreUnavailableError } from '../../app/lib/store-errors.ts';
import { mysqlUrl, parseMysqlUrl } from '../../cli/mysql-url.ts';
import type { Database } from '../../origin/database/database.ts';
import { openDatabase } from '../../origin/database/open.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { visit } from '../../testkit/http/visits.ts';
import {
  execute,
  hasReplicatedPair,
  type ReplicatedPair,
  startReplicatedPair,
} from '../../testkit/mysql/replicated.ts';
import type { MysqlServer } from '../../testkit/mysql/server.ts';
import { startOrigin } from '../../testkit/processes/origin.ts';
import { readLedger } from '../../testkit/stores/mysql-ledger.ts';
import { visitInLoops } from '../../testkit/stores/visit-loops.ts';

const silent = createLogger('silent');

/** The URL of the app's user, whom `read_only` stops, on several servers. */
function urlOf(servers: readonly MysqlServer[]): string {
  const hosts = servers.flatMap(({ url }) => parseMysqlUrl(`${url}mooring`).hosts);
  return mysqlUrl({ hosts, user: 'app', password: 'pw', database: 'mooring' });
}

function open(url: string, migrate = false): Promise<Database> {
  return openDatabase({ kind: 'mysql', connection: parseMysqlUrl(url) }, silent, { migrate });
}

async function ledgerOf({ url }: MysqlServer) {
  const admin = await mysql.createConnection({ uri: `${url}mooring` });
  try {
    return await readLedger(admin);
  } finally {
    admin.destroy();
  }
}

describe.skipIf(!hasReplicatedPair)('of two database servers', () => {
  let pair: ReplicatedPair;
  let url: string;

  beforeEach(async () => {
    pair = await startReplicatedPair();
    onTestFinished(pair.stop);
    await execute(pair.source, 'create database mooring', "create user app@'%' identified by 'pw'");
    await execute(pair.source, "grant all on mooring.* to app@'%'");
    url = urlOf([pair.replica, pair.source]);
    await (await open(url, true)).store.close();
  });

  /** Expects one row for each visit, with the number that it was answered with. */
  async function expectEachCountedOnce(server: MysqlServer, counted: ReadonlyMap<string, number>): Promise<void> {
    const { counter, rows } = await ledgerOf(server);
    expect(Object.fromEntries(rows.map(({ requestId, number }) => [requestId, number]))).toEqual(
      Object.fromEntries(counted),
    );
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
    expect(counter).toBe(rows.length);
  }

  test('V4: visits follow the one that accepts writes when it moves, and none is refused', async () => {
    const database = await open(url);
    onTestFinished(database.store.close);
    const visiting = visitInLoops(database);
    await visiting.more(20);
    await execute(pair.source, 'set global read_only = on');
    await pair.promote();
    await visiting.more(20);
    await visiting.stop();
    expect(visiting.refusals()).toBe(0);
    await expectEachCountedOnce(pair.replica, visiting.counted);
  });

  test('V4: visits survive kill -9 of the one that accepts writes, those in flight included', async () => {
    const database = await open(url);
    onTestFinished(database.store.close);
    const visiting = visitInLoops(database);
    await visiting.more(20);
    await pair.source.power?.cut();
    await expect(database.store.count()).rejects.toThrow(StoreUnavailableError);
    await pair.promote();
    await visiting.more(20);
    await visiting.stop();
    await expectEachCountedOnce(pair.replica, visiting.counted);
  });

  test('V1 S4: nothing is read from a server that has become read-only, because it may be behind', async () => {
    const [database, other] = [await open(url), await open(url)];
    onTestFinished(database.store.close);
    onTestFinished(other.store.close);
    const sessions = database.openSessionStore({ idleMs: 60_000, absoluteMs: 60_000 });
    const changed = { kind: 'create' as const, idHash: 'a'.repeat(64), data: '{}', recentChanges: [] };
    expect(await database.store.commit([visit('before')])).toEqual([1]);
    expect([await database.store.count(), await sessions.read([changed.idHash])]).toEqual([1, [undefined]]);

    await execute(pair.source, 'set global read_only = on');
    await pair.promote();
    expect(await other.store.commit([visit('after')])).toEqual([2]);
    await other.openSessionStore({ idleMs: 60_000, absoluteMs: 60_000 }).commit([changed]);
    expect([await database.store.count(), await sessions.read([changed.idHash])]).toMatchObject([2, [{ version: 1 }]]);
  });

  test('a replica answers 503 while all are down, and counts again when one is back', async () => {
    const replica = await startOrigin({ DATABASE_URL: url });
    onTestFinished(replica.stop);
    const status = async (path: string) => (await fetch(`${replica.url}${path}`)).status;
    expect([await status('/'), await status('/readyz')]).toEqual([200, 200]);
    await Promise.all([pair.source.power?.cut(), pair.replica.power?.cut()]);
    await expect.poll(() => status('/readyz'), { timeout: 20_000 }).toBe(503);
    expect(await status('/')).toBe(503);
    await pair.replica.power?.restore();
    await pair.promote();
    await expect.poll(() => status('/readyz'), { timeout: 20_000 }).toBe(200);
    expect(await status('/')).toBe(200);
    expect((await ledgerOf(pair.replica)).counter).toBe(2);
  }, 60_000);

  test('a replica does not start when both accept writes', async () => {
    await execute(pair.replica, 'set global read_only = off');
    await expect(open(url)).rejects.toThrow(
      /expected one that accepts writes, got several \(127.0.0.1:\d+: accepts writes, .*; set super_read_only=ON on all but one/,
    );
  });
});
