import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { defineTable } from '../../app/tables/define-table.ts';
import { updateApp } from './update-app.ts';

const first = defineTable('shop_order', ({ id, text }) => ({ id: id(), placedBy: text({ length: 9 }).notNull() }));
const changed = defineTable('shop_order', ({ id, text, time }) => ({
  id: id(),
  placedBy: text({ length: 9 }).notNull(),
  paidAt: time(),
}));

let migrations: string;

beforeEach(async () => {
  migrations = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(migrations, { recursive: true }));
});

const update = async (tables: (typeof first | typeof changed)[], name = 'tables', mayWrite = true) =>
  (await updateApp({ schema: { tables, migrations }, name, mayWrite })).map((path) =>
    path.slice(migrations.length + 1),
  );

const read = (path: string) => readFile(join(migrations, path), 'utf8');

test('new tables become a migration for each kind of database, and grants', async () => {
  expect(await update([first])).toEqual(['mysql/0000_tables.sql', 'sqlite/0000_tables.sql', 'grants.sql']);
  expect(await read('mysql/0000_tables.sql')).toContain('`placed_by` varchar(9)');
  expect(await read('sqlite/0000_tables.sql')).toContain('length("placed_by") <= 9');
  expect(await read('grants.sql')).toContain('SELECT, INSERT, UPDATE, DELETE ON mooring.`shop_order` TO mooring@');
});

test('without a change nothing is written', async () => {
  await update([first]);
  expect(await update([first])).toEqual([]);
});

test('a changed table becomes a further migration, which changes only that', async () => {
  await update([first]);
  expect(await update([changed], 'paid')).toEqual(['mysql/0001_paid.sql', 'sqlite/0001_paid.sql']);
  expect(await read('mysql/0001_paid.sql')).toBe('ALTER TABLE `shop_order` ADD `paid_at` bigint;\n');
  const { entries } = JSON.parse(await read('mysql/meta/_journal.json'));
  expect(entries.map(({ tag }: { tag: string }) => tag)).toEqual(['0000_tables', '0001_paid']);
});

test('a check writes nothing', async () => {
  expect(await update([first], 'tables', false)).toHaveLength(3);
  expect(await readdir(migrations)).toEqual([]);
});

test('an app without tables has grants for nothing', async () => {
  expect(await update([])).toEqual(['grants.sql']);
  expect(await read('grants.sql')).not.toContain('GRANT');
});
