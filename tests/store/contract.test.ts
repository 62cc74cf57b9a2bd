import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { StoreUnavailableError } from '../../app/lib/store-errors.ts';
import type { VisitStore } from '../../app/visits/visit.ts';
import { visit, visits } from '../../testkit/http/visits.ts';
import type { StoreDatabase } from '../../testkit/stores/backend.ts';
import { d1Backend } from '../../testkit/stores/d1.ts';
import { mysqlBackend } from '../../testkit/stores/mysql.ts';
import { sqliteBackend } from '../../testkit/stores/sqlite.ts';

function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

describe.each([sqliteBackend, d1Backend, mysqlBackend])('a store on $name', (backend) => {
  let database: StoreDatabase;

  afterAll(() => backend.close?.());

  beforeEach(async (context) => {
    context.skip(!backend.isAvailable, 'there is none here');
    database = await backend.create();
    onTestFinished(database.remove);
  });

  function openStore(): VisitStore {
    const store = database.openStore();
    onTestFinished(store.close);
    return store;
  }

  async function openReplicas(count: number): Promise<VisitStore[]> {
    const stores = await Promise.all(numbersFrom(1, count).map(() => database.openReplica()));
    for (const store of stores) onTestFinished(store.close);
    return stores;
  }

  /** Checks V4: the counter is the number of rows, which are numbered without a gap. */
  async function expectGaplessLedger(count: number): Promise<void> {
    const { counter, rows } = await database.ledger();
    expect(counter).toBe(count);
    expect(rows.map(({ number }) => number)).toEqual(numbersFrom(1, count));
  }

  test('V2: numbers are gapless from 1, in the order given', async () => {
    const store = openStore();
    expect(await store.commit(visits('c', 'a', 'b'))).toEqual([1, 2, 3]);
    expect(await store.commit(visits('z'))).toEqual([4]);
    expect(await store.commit(visits('y', 'd'))).toEqual([5, 6]);
    const { rows } = await database.ledger();
    expect(rows.map(({ requestId }) => requestId)).toEqual(['c', 'a', 'b', 'z', 'y', 'd']);
    await expectGaplessLedger(6);
  });

  test('V5: a full batch is committed as one', async () => {
    const store = openStore();
    const batch = numbersFrom(1, 500).map((number) => visit(`${randomUUID()}-${number}`));
    expect(await store.commit(batch)).toEqual(numbersFrom(1, 500));
    await expectGaplessLedger(500);
  });

  test.each([
    ['alone', ['b'], [2]],
    ['all together, in another order', ['c', 'a', 'b'], [3, 1, 2]],
    ['before a new one', ['b', 'new'], [2, 4]],
    ['after a new one', ['new', 'b'], [4, 2]],
    ['between new ones', ['new', 'c', 'newer', 'a', 'newest'], [4, 3, 5, 1, 6]],
  ])('V3: a repeated visit keeps its number, %s', async (_where, ids, numbers) => {
    const [first, second] = [openStore(), openStore()];
    expect(await first.commit(visits('a', 'b', 'c'))).toEqual([1, 2, 3]);
    expect(await second.commit(visits(...ids))).toEqual(numbers);
    expect(await first.commit(visits(...ids))).toEqual(numbers);
    await expectGaplessLedger(Math.max(3, ...numbers));
  });

  test('V3: a visit that comes to three replicas at once is one', async () => {
    const stores = await openReplicas(3);
    const numbers = await Promise.all(stores.map((store) => store.commit(visits('same'))));
    expect(numbers).toEqual([[1], [1], [1]]);
    await expectGaplessLedger(1);
  });

  test('V3: request ids that differ only in case are different visits', async () => {
    const store = openStore();
    expect(await store.commit(visits('abc', 'ABC'))).toEqual([1, 2]);
    expect(await store.commit(visits('Abc', 'ABC', 'abc'))).toEqual([3, 2, 1]);
    await expectGaplessLedger(3);
  });

  test('V2 V4: three replicas that commit at once share one gapless series of numbers', async () => {
    const [batches, size] = [40, 5];
    const stores = await openReplicas(3);
    const committed = await Promise.all(
      stores.flatMap((store, replica) =>
        numbersFrom(0, batches).map((batch) =>
          store.commit(numbersFrom(0, size).map((index) => visit(`${replica}-${batch}-${index}`))),
        ),
      ),
    );
    for (const numbers of committed) expect(numbers).toEqual(numbersFrom(numbers[0] as number, size));
    const total = stores.length * batches * size;
    expect(committed.flat().sort((a, b) => a - b)).toEqual(numbersFrom(1, total));
    await expectGaplessLedger(total);
  });

  test('V6: a row has all fields of the visit, and its time in UTC by the database, whatever the clock and zone of the replica', async () => {
    vi.stubEnv('TZ', 'America/St_Johns');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2001, 6, 31) });
    onTestFinished(() => {
      vi.useRealTimers();
      vi.unstubAllEnvs();
    });
    const store = openStore();
    const all = [
      visit('a', { sid: 'x'.repeat(64) }),
      visit('b', { clientIp: '2001:db8::7', serverIp: 'edge' }),
      visit(`Root=1-${'x'.repeat(57)}`, { clientIp: 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255' }),
    ];
    await store.commit(all);
    vi.useRealTimers();
    const { rows } = await database.ledger();
    expect(rows).toEqual(all.map((fields, index) => ({ number: index + 1, ...fields, timeMs: expect.any(Number) })));
    // The test's database is on this machine, so it has the same clock.
    for (const { timeMs } of rows) {
      expect(Number.isInteger(timeMs)).toBe(true);
      expect(Math.abs(timeMs - Date.now())).toBeLessThan(60_000);
    }
  });

  test('V1: the count is the number of visits that all replicas committed', async () => {
    const [first, second] = [openStore(), openStore()];
    expect(await first.count()).toBe(0);
    await first.commit(visits('a', 'b'));
    expect(await second.count()).toBe(2);
    await second.commit(visits('b', 'c'));
    expect(await first.count()).toBe(3);
  });

  describe('purging', () => {
    const HOUR_MS = 3_600_000;
    const DAY_MS = 24 * HOUR_MS;
    /** Everything that is older than an hour. */
    const OLD = { ageMs: HOUR_MS, upTo: 1_000_000, limit: 10 };
    const ids = (prefix: string, count: number) => numbersFrom(1, count).map((number) => `${prefix}-${number}`);

    async function numbersLeft(): Promise<number[]> {
      return (await database.ledger()).rows.map(({ number }) => number);
    }

    test('V4: removes rows older than an age; the counter and the numbers after it stay', async () => {
      const store = openStore();
      await store.commit(visits('old-1', 'young-1'));
      await database.redate('old', HOUR_MS + 1000);
      await database.redate('young', HOUR_MS - 60_000);
      expect(await store.purge(OLD)).toBe(1);
      expect(await numbersLeft()).toEqual([2]);

      await database.redate('young', HOUR_MS + 1000);
      expect(await store.purge(OLD)).toBe(1);
      expect(await store.purge(OLD)).toBe(0);
      expect(await store.count()).toBe(2);
      expect(await store.commit(visits('next'))).toEqual([3]);
    });

    test('removes no more rows than it may, the oldest first', async () => {
      const store = openStore();
      await store.commit(visits('old-1', 'older-2', 'older-3'));
      await database.redate('old', 2 * HOUR_MS);
      await database.redate('older', 3 * HOUR_MS);
      expect(await store.purge({ ...OLD, limit: 2 })).toBe(2);
      expect(await numbersLeft()).toEqual([1]);
    });

    test('V3: a row whose number is too young stays, whatever its time', async () => {
      const store = openStore();
      await store.commit(visits('a', 'b', 'c'));
      await database.redate('', 31 * DAY_MS);
      expect(await store.purge({ ...OLD, upTo: 1 })).toBe(1);
      expect(await store.commit(visits('b', 'c'))).toEqual([2, 3]);
    });

    test.each([
      ['61 minutes', 61 * 60_000],
      ['31 days', 31 * DAY_MS],
    ])(
      'V3: a replica whose clock is %s ahead or behind removes no fresh row, nor is its own row removed',
      async (_much, ms) => {
        onTestFinished(() => void vi.useRealTimers());
        for (const offsetMs of [ms, -ms]) {
          vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offsetMs });
          const store = openStore();
          await store.commit(visits(`from-${offsetMs}`));
          expect(await store.purge(OLD)).toBe(0);
          vi.useRealTimers();
          expect(await openStore().purge(OLD)).toBe(0);
        }
        expect(await numbersLeft()).toEqual([1, 2]);
      },
    );

    test('rows from the future, however many, do not keep old ones', async () => {
      const store = openStore();
      await store.commit(visits(...ids('future', 30), ...ids('old', 5)));
      await database.redate('future', -31 * DAY_MS);
      await database.redate('old', 2 * HOUR_MS);
      expect(await store.purge(OLD)).toBe(5);
      expect(await numbersLeft()).toEqual(numbersFrom(1, 30));
    });

    test('V3: a visit that is repeated keeps its number while its row is there', async () => {
      const store = openStore();
      await store.commit(visits('old-1', 'a'));
      await database.redate('old', 2 * HOUR_MS);
      expect(await store.purge(OLD)).toBe(1);
      expect(await store.commit(visits('a', 'b'))).toEqual([2, 3]);
    });

    test('V2 V4: three replicas that purge at once, while they commit, remove each old row once and no other', async () => {
      const stores = await openReplicas(3);
      const total = 300;
      await (stores[0] as VisitStore).commit(visits(...ids('old', total)));
      await database.redate('old', 2 * HOUR_MS);
      const committed = stores.flatMap((store, replica) =>
        numbersFrom(1, 20).map((index) => store.commit(visits(`young-${replica}-${index}`))),
      );
      const removed = await Promise.all(stores.map(purgeAll));
      expect(removed.reduce((sum, count) => sum + count)).toBe(total);
      const numbers = (await Promise.all(committed)).flat().sort((a, b) => a - b);
      expect(numbers).toEqual(numbersFrom(total + 1, 60));
      expect([(await database.ledger()).counter, await numbersLeft()]).toEqual([total + 60, numbers]);
    });

    async function purgeAll(store: VisitStore): Promise<number> {
      let total = 0;
      for (let removed = 1; removed > 0; total += removed) removed = await store.purge(OLD);
      return total;
    }

    test('without the table it fails', async () => {
      const store = openStore();
      await database.execute('drop table access_log');
      await expect(store.purge(OLD)).rejects.toThrow(StoreUnavailableError);
    });
  });

  test.each([
    ['before the first visit', []],
    ['after earlier visits', visits('earlier 1', 'earlier 2')],
  ])('V4: without the row of the counter nothing is counted, %s', async (_when, earlier) => {
    const store = openStore();
    if (earlier.length > 0) await store.commit(earlier);
    await database.execute('delete from global_counter');
    await database.execute('delete from access_log');
    await expect(store.commit(visits('a'))).rejects.toThrow(StoreUnavailableError);
    await expect(store.count()).rejects.toThrow(StoreUnavailableError);
    await database.execute('insert into global_counter (id, value) values (1, 0)');
    await expectGaplessLedger(0);
    expect(await store.commit(visits('b'))).toEqual([1]);
  });

  test.each(['access_log', 'global_counter'])('V4: without the table %s no visit is counted', async (table) => {
    const store = openStore();
    await database.execute(`drop table ${table}`);
    await expect(store.commit(visits('a'))).rejects.toThrow(StoreUnavailableError);
  });
});
