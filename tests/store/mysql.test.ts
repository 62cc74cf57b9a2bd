import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import mysql from 'mysql2/promise';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { CommitInDoubtError, StoreUnavailableError } from '../../app/lib/store-errors.ts';
import { createServerRequirements } from '../../app/storage/mysql/requirements.ts';
import { createMysqlStore, type MysqlStoreOptions } from '../../app/storage/mysql/visit-store.ts';
import type { VisitStore } from '../../app/visits/visit.ts';
import { readDatabaseConfig } from '../../cli/database-config.ts';
import { createMysqlConnections } from '../../origin/database/mysql-connections.ts';
import { openDatabase } from '../../origin/database/open.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { visit, visits } from '../../testkit/http/visits.ts';
import { createCommitCutter } from '../../testkit/mysql/commit-cutter.ts';
import { hasMysql, killConnection, type TestDatabase } from '../../testkit/mysql/database.ts';
import { createFaultProxy } from '../../testkit/network/fault-proxy.ts';
import { createSilentCut } from '../../testkit/network/silent-cut.ts';
import { viaPort } from '../../testkit/network/via-port.ts';
import { createMigratedDatabase, openMysql } from '../../testkit/stores/mysql.ts';
import { readLedger } from '../../testkit/stores/mysql-ledger.ts';

/** As short as a test allows: it checks that the deadline holds, not its length. */
const SHORT_DEADLINE_MS = 300;

describe.skipIf(!hasMysql)('a store on MySQL', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createMigratedDatabase();
    onTestFinished(database.drop);
  });

  function openStore(url = database.url): VisitStore {
    const { store } = openMysql(url);
    onTestFinished(store.close);
    return store;
  }

  /** Opens a store that sends one statement at a time, as behind Hyperdrive. */
  function openStoreOfSingleStatements(url: string): VisitStore {
    return openStoreOn(mysql.createPool({ uri: url, connectionLimit: 4 }), {});
  }

  function openStoreWithShortDeadline(multipleStatements: boolean, url = database.url): VisitStore {
    const pool = mysql.createPool({ uri: url, connectionLimit: 4, multipleStatements });
    return openStoreOn(pool, { deadlineMs: SHORT_DEADLINE_MS });
  }

  /** Opens a store whose calls may wait for each other as long as a busy machine needs. */
  function openPatientStore(): VisitStore {
    const pool = mysql.createPool({ uri: database.url, connectionLimit: 4, multipleStatements: true });
    return openStoreOn(pool, { deadlineMs: 25_000 });
  }

  function openStoreOn(pool: mysql.Pool, options: Omit<MysqlStoreOptions, 'pool' | 'log'>): VisitStore {
    const log = createLogger('silent');
    const sessions = createMysqlConnections(pool, createServerRequirements({ log }));
    const store = createMysqlStore({ ...options, pool: sessions, log });
    onTestFinished(store.close);
    return store;
  }

  /** Opens a store whose sessions begin with this setting, as on a server that has it globally. */
  function openStoreAfter(setting: string): VisitStore {
    const pool = mysql.createPool({ uri: database.url, connectionLimit: 1, multipleStatements: true });
    pool.on('connection', (fresh) => fresh.query(setting));
    return openStoreOn(pool, {});
  }

  async function isAway(url: string): Promise<boolean> {
    const opened = await openDatabase(readDatabaseConfig({ DATABASE_URL: url }), createLogger('silent'), {
      migrate: false,
    });
    onTestFinished(opened.store.close);
    return opened.isAway;
  }

  function urlVia(port: number): string {
    return viaPort(database.url, port);
  }

  /** Locks the counter in a transaction of the admin connection. */
  async function holdCounter(): Promise<void> {
    await database.admin.query('start transaction');
    await database.admin.query('select value from global_counter for update');
  }

  async function recordedIds(): Promise<string[]> {
    const { counter, rows } = await readLedger(database.admin);
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
    expect(counter).toBe(rows.length);
    return rows.map(({ requestId }) => requestId);
  }

  test('V4: connections killed between commits have no effect', async () => {
    const store = openStore();
    for (const [index, id] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      expect(await store.commit(visits(id))).toEqual([index + 1]);
      for (const connection of await database.connectionIds()) await killConnection(database.admin, connection);
    }
    expect(await recordedIds()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('V4: connections killed during commits lose no visit and count none twice', async () => {
    const store = openPatientStore();
    const ids = Array.from({ length: 200 }, (_, index) => `visit-${index}`);
    const committing = Promise.allSettled(ids.map((id) => store.commit(visits(id))));
    let isDone = false;
    void committing.then(() => {
      isDone = true;
    });
    let kills = 0;
    while (!isDone) {
      for (const connection of await database.connectionIds()) {
        await killConnection(database.admin, connection);
        kills++;
      }
    }
    const outcomes = await committing;
    expect(kills).toBeGreaterThan(0);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    for (const failure of failures) expect(failure).toBeInstanceOf(StoreUnavailableError);

    const again = await Promise.all(ids.map((id) => store.commit(visits(id))));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toEqual(again[index]);
    }
    expect((await recordedIds()).toSorted()).toEqual(ids.toSorted());
  });

  test.each([
    ['request', 'several statements at once', openStore],
    ['answer', 'several statements at once', openStore],
    ['request', 'one statement at a time', openStoreOfSingleStatements],
    ['answer', 'one statement at a time', openStoreOfSingleStatements],
  ] as const)('V4: a commit whose %s is lost is done once, with %s', async (at, _how, open) => {
    const cutter = await createCommitCutter(Number(new URL(database.url).port));
    onTestFinished(cutter.close);
    const store = open(urlVia(cutter.port));
    expect(await store.commit(visits('a'))).toEqual([1]);
    cutter.cutNext(at);
    expect(await store.commit(visits('b', 'c'))).toEqual([2, 3]);
    expect(cutter.cuts()).toBe(1);
    expect(await store.commit(visits('d'))).toEqual([4]);
    expect(await recordedIds()).toEqual(['a', 'b', 'c', 'd']);
  });

  test.each([
    ['several statements at once', () => openStore()],
    ['one statement at a time', () => openStoreOfSingleStatements(database.url)],
    ['one statement at a time, and a deadline that passes first', () => openStoreWithShortDeadline(false)],
  ])('V4: a lock that another transaction keeps fails a commit that is not in doubt, with %s', async (_how, open) => {
    const store = open();
    await holdCounter();
    // The lock is released only after this. If the commit waited for the lock, this would never end.
    await expect(store.commit(visits('a'))).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    expect(await store.count()).toBe(0);

    await database.admin.query('rollback');
    expect(await store.commit(visits('b'))).toEqual([1]);
    expect(await recordedIds()).toEqual(['b']);
  });

  test('V4: a commit whose deadline passes before it has the lock is in doubt, and is done once', async () => {
    const store = openStoreWithShortDeadline(true);
    await holdCounter();
    await expect(store.commit(visits('a'))).rejects.toThrow(CommitInDoubtError);
    await database.admin.query('rollback');
    expect(await store.commit(visits('a', 'b'))).toEqual([1, 2]);
    expect(await recordedIds()).toEqual(['a', 'b']);
  });

  test('V4: a replica that hangs during a commit does not keep the counter from the others', async () => {
    const gate = await createFaultProxy(Number(new URL(database.url).port));
    onTestFinished(gate.shut);
    const hanging = openStore(urlVia(gate.port));
    expect(await hanging.commit(visits('a'))).toEqual([1]);
    gate.stallAnswers();
    const committing = hanging.commit(visits('b')).catch(() => {});
    const others = openStore();
    await expect.poll(recordedIds).toEqual(['a', 'b']);
    expect(await others.commit(visits('c'))).toEqual([3]);
    await gate.shut();
    await committing;
  });

  test.each([
    ['a retry, several statements at once', openStore, /insert/],
    ['a commit, one statement at a time', openStoreOfSingleStatements, /for update/],
    ['a retry, one statement at a time', openStoreOfSingleStatements, /insert/],
  ])(
    'V4: a replica that is cut off silently during %s keeps the counter no longer than seconds',
    async (_when, open, at) => {
      const cut = await createSilentCut(Number(new URL(database.url).port));
      onTestFinished(cut.close);
      const store = open(urlVia(cut.port));
      expect(await store.commit(visits('a'))).toEqual([1]);
      const isCut = cut.cutAfter(at);
      const committing = store.commit(visits('a', 'b')).catch(() => {});
      await isCut;
      const others = openStore();
      const commit = () => others.commit(visits('c')).catch(() => undefined);
      await expect.poll(commit, { timeout: 20_000 }).toEqual([expect.any(Number)]);
      await committing;
      expect((await recordedIds()).filter((id) => id !== 'b')).toEqual(['a', 'c']);
    },
  );

  test('V4: a replica that is cut off silently does not hold the counter when its commit is one packet', async () => {
    const cut = await createSilentCut(Number(new URL(database.url).port));
    onTestFinished(cut.close);
    const store = openStore(urlVia(cut.port));
    expect(await store.commit(visits('a'))).toEqual([1]);
    const isCut = cut.cutAfter(/insert/);
    const committing = store.commit(visits('a', 'b')).catch(() => {});
    await isCut;
    // If the lock were still held, this commit would fail.
    expect(await openStore().commit(visits('c'))).toEqual([2]);
    await committing;
    expect(await recordedIds()).toEqual(['a', 'c']);
  });

  test.each([
    'lock tables access_log read',
    'lock tables global_counter read',
    'flush tables access_log, global_counter with read lock',
  ])('V4: "%s" of another session fails a commit in time, and it is not counted later', async (lock) => {
    const store = openStore();
    expect(await store.commit(visits('a'))).toEqual([1]);
    await database.admin.query(lock);
    onTestFinished(() => database.admin.query('unlock tables').then(() => {}));
    await expect(store.commit(visits('b'))).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    await expect(store.checkWritable()).rejects.toThrow(StoreUnavailableError);
    await database.admin.query('unlock tables');
    expect(await store.commit(visits('c'))).toEqual([2]);
    await store.checkWritable();
    expect(await recordedIds()).toEqual(['a', 'c']);
  });

  test.each([
    ['several statements at once', () => openStore()],
    ['one statement at a time', () => openStoreOfSingleStatements(database.url)],
  ])('V4: a transaction that the server rolls back is tried again, with %s', async (_how, open) => {
    // Signals SQLSTATE 40001, as a deadlock does.
    await database.admin.query(
      `create trigger gives_up before insert on access_log for each row
       begin if rand() < 0.5 then signal sqlstate '40001'; end if; end`,
    );
    const store = open();
    for (const [index, id] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
      expect(await store.commit(visits(id))).toEqual([index + 1]);
    }
    expect(await recordedIds()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test.each([
    'autocommit = 0',
    "completion_type = 'CHAIN'",
    "completion_type = 'RELEASE'",
    'sql_safe_updates = 1',
    'sql_select_limit = 0',
    'sql_big_selects = 0, max_join_size = 1',
    'unique_checks = 0',
    "sql_mode = ''",
    "sql_mode = 'ANSI,NO_ZERO_DATE'",
    "time_zone = '-03:30'",
    "character_set_client = 'latin1', character_set_connection = 'latin1'",
    'transaction isolation level serializable, read only',
  ])('V3 V4: sessions that begin with %s count and purge as any other', async (setting) => {
    const store = openStoreAfter(`set session ${setting}`);
    expect(await store.commit(visits('a', 'b'))).toEqual([1, 2]);
    expect(await store.commit(visits('b', 'c', 'a'))).toEqual([2, 3, 1]);
    expect(await store.commit(visits('c'))).toEqual([3]);
    expect(await store.count()).toBe(3);
    await store.checkWritable();
    expect(await recordedIds()).toEqual(['a', 'b', 'c']);
    await expect(store.commit([visit('d', { clientIp: 'x'.repeat(46) })])).rejects.toThrow(StoreUnavailableError);
    expect(await store.purge({ ageMs: 0, upTo: 2, limit: 2 })).toBe(2);
    expect((await readLedger(database.admin)).rows).toHaveLength(1);
  });

  test('a connection that never becomes usable is no commit in doubt', async () => {
    const user = `limited_${randomBytes(4).toString('hex')}`;
    await database.admin.query(`create user ${user} identified by 'pw' with max_queries_per_hour 1`);
    onTestFinished(() => database.admin.query(`drop user ${user}`).then(() => {}));
    await database.admin.query(`grant all on ${new URL(database.url).pathname.slice(1)}.* to ${user}`);
    const url = new URL(database.url);
    [url.username, url.password] = [user, 'pw'];
    const store = openStore(url.href);
    for (const id of ['a', 'b']) {
      await expect(store.commit(visits(id))).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    }
    expect(await recordedIds()).toEqual([]);
  });

  test('a server that cannot meet the guarantees of counting is rejected with one line', async () => {
    const config = readDatabaseConfig({ DATABASE_URL: database.url });
    await database.admin.query('alter table access_log engine = MyISAM');
    const opening = openDatabase(config, createLogger('silent'), { migrate: false });
    await expect(opening).rejects.toThrow('table access_log: expected ENGINE=InnoDB, got MyISAM');
    const store = openStore();
    await expect(store.commit(visits('a'))).rejects.toThrow(StoreUnavailableError);

    await database.admin.query('alter table access_log engine = InnoDB');
    expect(await store.commit(visits('a'))).toEqual([1]);
  });

  test('a server that accepts connections and never answers does not hold a call past its deadline', async () => {
    const silent = createServer((socket) => onTestFinished(() => void socket.destroy())).listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const store = openStoreWithShortDeadline(true, urlVia((silent.address() as AddressInfo).port));
    await expect(store.commit(visits('a'))).rejects.toThrow(StoreUnavailableError);
    await expect(store.count()).rejects.toThrow(StoreUnavailableError);
  });

  test('a server that is gone fails calls until it is back', async () => {
    const gate = await createFaultProxy(Number(new URL(database.url).port));
    const store = openStore(urlVia(gate.port));
    expect(await store.commit(visits('a'))).toEqual([1]);
    await gate.shut();
    await expect(store.commit(visits('b'))).rejects.toThrow(StoreUnavailableError);
    await expect(store.count()).rejects.toThrow(StoreUnavailableError);
    expect(await isAway(urlVia(gate.port))).toBe(true);
    await gate.open();
    onTestFinished(gate.shut);
    expect(await store.commit(visits('b'))).toEqual([2]);
    expect(await store.count()).toBe(2);
    expect(await isAway(urlVia(gate.port))).toBe(false);
  });

  test('the number of connections stays small, however many calls come at once', async () => {
    const store = openStore();
    const ids = Array.from({ length: 60 }, (_, index) => `visit-${index}`);
    await Promise.all(ids.flatMap((id) => [store.commit(visits(id)), store.count()]));
    expect((await database.connectionIds()).length).toBeLessThanOrEqual(4);
    expect(await recordedIds()).toHaveLength(60);
  });

  test('V4: a purge neither waits for the purge of another replica nor delays visits, not even repeated ones', async () => {
    const store = openStore();
    await store.commit(visits('a', 'b', 'c', 'd'));
    await database.admin.query('update access_log set time = time - interval 1 day');
    const old = { ageMs: 3_600_000, upTo: 4, limit: 2 };
    await database.admin.query('start transaction');
    await database.admin.query('select number from access_log order by number limit 2 for update');
    expect(await store.purge(old)).toBe(2);
    expect(await store.commit(visits('a', 'b', 'e'))).toEqual([1, 2, 5]);
    await database.admin.query('rollback');
    expect(await store.purge(old)).toBe(2);
    const { counter, rows } = await readLedger(database.admin);
    expect([counter, rows.map(({ number }) => number)]).toEqual([5, [5]]);
  });

  test('a visit that the database rejects is not counted, nor are those committed with it', async () => {
    const store = openStore();
    const tooLong = visit('b', { clientIp: 'x'.repeat(46) });
    await expect(store.commit([visit('a'), tooLong])).rejects.toThrow(StoreUnavailableError);
    expect(await store.commit(visits('c'))).toEqual([1]);
    expect(await recordedIds()).toEqual(['c']);
  });

  test('a quote in a value is escaped even if sessions begin in the mode NO_BACKSLASH_ESCAPES', async () => {
    const store = openStoreAfter("set session sql_mode = 'NO_BACKSLASH_ESCAPES'");
    expect(await store.commit([visit('a', { sid: "'); commit; drop table access_log; -- " })])).toEqual([1]);
    expect(await recordedIds()).toEqual(['a']);
  });
});
