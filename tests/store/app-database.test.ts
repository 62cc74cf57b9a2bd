import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { StoreUnavailableError } from '../../app/lib/store-errors.ts';
import type { StoredAppDatabase } from '../../app/storage/stored-app-database.ts';
import { defineTable } from '../../app/tables/define-table.ts';
import { ConstraintError } from '../../app/tables/errors.ts';
import { dialects } from '../../origin/generate/dialects.ts';
import { repeatable } from '../../origin/generate/repeatable.ts';
import type { StoreDatabase } from '../../testkit/stores/backend.ts';
import { d1Backend } from '../../testkit/stores/d1.ts';
import { mysqlBackend } from '../../testkit/stores/mysql.ts';
import { sqliteBackend } from '../../testkit/stores/sqlite.ts';

const order = defineTable(
  'shop_order',
  ({ id, text, json, time, boolean, integer, number }) => ({
    id: id(),
    number: integer().notNull().unique('shop_order_number'),
    placedBy: text({ length: 20 }).notNull(),
    note: text(),
    items: json<{ name: string; count: number }[]>().notNull(),
    total: number().notNull(),
    isPaid: boolean().notNull().default(false),
    placedAt: time().notNull(),
  }),
  ({ placedBy }, { index }) => [index('shop_order_placed_by').on(placedBy)],
);

const placedAt = new Date('2026-02-03T04:05:06.789Z');
const items = [{ name: 'rope ü🙂', count: 2 }];
const row = (number: number, placedBy = 'ann') => ({ number, placedBy, items, total: 1.5, placedAt });

describe.each([sqliteBackend, d1Backend, mysqlBackend])("an app's tables on $name", (backend) => {
  let database: StoreDatabase | undefined;
  let db: StoredAppDatabase;

  beforeAll(async () => {
    if (!backend.isAvailable) return;
    database = await backend.create();
    const { compare, describe: describeTables } = dialects[backend.dialect];
    const statements = await compare(await describeTables([]), await describeTables([order]));
    // Twice, as after an interruption.
    for (const _ of [1, 2]) {
      for (const statement of repeatable(statements, backend.dialect)) await database.execute(statement);
    }
  });
  afterAll(async () => {
    await database?.remove();
    await backend.close?.();
  });

  beforeEach(async (context) => {
    context.skip(!backend.isAvailable, 'there is none here');
    await database?.execute('delete from shop_order');
    db = open();
  });

  function open(): StoredAppDatabase {
    const opened = (database as StoreDatabase).open();
    onTestFinished(opened.store.close);
    return opened.openAppDatabase();
  }

  const numbers = async () => {
    const rows = await db.select({ number: order.number }).from(order).orderBy(asc(order.number));
    return rows.map(({ number }) => number);
  };

  test('a row is read as it was written, with its default and an empty column', async () => {
    await db.insert(order).values(row(7));
    const [read] = await db.select().from(order);
    expect(read).toEqual({ ...row(7), id: expect.any(Number), note: null, isPaid: false });
  });

  test('ids count up', async () => {
    await db.insert(order).values([row(1), row(2)]);
    const [second, first] = await db.select({ id: order.id }).from(order).orderBy(desc(order.number));
    expect(second?.id).toBeGreaterThan(first?.id as number);
  });

  test('rows are selected, counted, changed and removed by conditions', async () => {
    await db.insert(order).values([row(1), row(2, 'bob'), row(3)]);
    await db
      .update(order)
      .set({ isPaid: true, note: 'paid', total: sql`${order.total} * 2` })
      .where(eq(order.number, 3));
    const paid = await db
      .select()
      .from(order)
      .where(and(eq(order.placedBy, 'ann'), eq(order.isPaid, true)));
    expect(paid).toMatchObject([{ number: 3, note: 'paid', total: 3, isPaid: true }]);
    await db.delete(order).where(eq(order.placedBy, 'bob'));
    expect(await db.select({ count: sql<number>`count(*)` }).from(order)).toEqual([{ count: 2 }]);
    expect(await db.select({ by: order.placedBy }).from(order).groupBy(order.placedBy).limit(5)).toEqual([
      { by: 'ann' },
    ]);
  });

  test('texts are compared byte for byte', async () => {
    await db.insert(order).values([row(1, 'Ann'), row(2, 'ann')]);
    expect(await db.select({ number: order.number }).from(order).where(eq(order.placedBy, 'Ann'))).toEqual([
      { number: 1 },
    ]);
  });

  test.each([
    ['a key that is taken', () => [row(1), row(1)]],
    ['a missing value', () => [{ ...row(1), placedBy: null as never }]],
  ])('%s is a ConstraintError, and nothing is written', async (_what, rows) => {
    await expect(db.insert(order).values(rows())).rejects.toThrow(ConstraintError);
    expect(await numbers()).toEqual([]);
  });

  test('a text longer than its column is an error, and nothing is written', async () => {
    await expect(db.insert(order).values(row(1, 'a'.repeat(21)))).rejects.toThrow();
    expect(await numbers()).toEqual([]);
    await db.insert(order).values(row(1, '🙂'.repeat(20)));
  });

  test.each(['get', 'all', 'values', 'run'])('select has no %s(), which MySQL does not have', async (name) => {
    const query = db.select().from(order) as unknown as Record<string, () => unknown>;
    expect(() => query[name]?.()).toThrow('await the query');
  });

  describe('once', () => {
    test('writes all in one transaction', async () => {
      await db.once('a', [
        db.insert(order).values(row(1)),
        db.update(order).set({ total: 9 }).where(eq(order.number, 1)),
      ]);
      expect(await db.select({ total: order.total }).from(order)).toEqual([{ total: 9 }]);
    });

    test('does nothing for a key that is known, whichever replica is asked', async () => {
      await db.once('b', [db.insert(order).values(row(1))]);
      await db.once('b', [db.insert(order).values(row(2))]);
      const other = open();
      await other.once('b', [other.insert(order).values(row(3))]);
      expect(await numbers()).toEqual([1]);
    });

    test('called many times at once for a key, writes once', async () => {
      const replicas = [open(), open(), open()];
      const calls = Array.from({ length: 12 }, async (_, index) => {
        const replica = replicas[index % replicas.length] as StoredAppDatabase;
        await replica.once('c', [replica.insert(order).values(row(index))]);
      });
      await Promise.all(calls);
      expect(await numbers()).toHaveLength(1);
    });

    test('that breaks a constraint writes nothing, and its key stays free', async () => {
      await db.insert(order).values(row(1));
      const writes = [db.insert(order).values(row(2)), db.insert(order).values(row(1))];
      await expect(db.once('d', writes)).rejects.toThrow(ConstraintError);
      expect(await numbers()).toEqual([1]);
      await db.once('d', [db.insert(order).values(row(3))]);
      expect(await numbers()).toEqual([1, 3]);
    });

    test.each([
      ['long', 'k'.repeat(10_000)],
      ['of any characters', '🙂 \u0000\'"'],
    ])('takes a key that is %s', async (_what, key) => {
      for (const number of [1, 2]) await db.once(key, [db.insert(order).values(row(number))]);
      expect(await numbers()).toEqual([1]);
    });

    test('forgets its keys after a day, in small batches', async () => {
      for (const key of ['e1', 'e2', 'e3']) await db.once(key, []);
      expect(await db.purge(10)).toBe(0);
      const age = { mysql: 'utc_timestamp(3) - interval 25 hour', sqlite: '(unixepoch() - 90000) * 1000' }[
        backend.dialect
      ];
      await database?.execute(`update applied_request set applied_at = ${age}`);
      expect(await db.purge(2)).toBe(2);
      expect(await db.purge(100)).toBeGreaterThan(0);
      expect(await db.purge(100)).toBe(0);
    });
  });

  test('a missing table is an error of the app, not an outage', async () => {
    const missing = defineTable('nothing_here', ({ id }) => ({ id: id() }));
    const error = await db
      .select()
      .from(missing)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(StoreUnavailableError);
    expect(`${error}`).toContain('nothing_here');
  });
});
