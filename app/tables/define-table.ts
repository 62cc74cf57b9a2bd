import { type BuildColumns, sql } from 'drizzle-orm';
import * as mysql from 'drizzle-orm/mysql-core';
import * as sqlite from 'drizzle-orm/sqlite-core';
import { type ColumnTypes, mysqlColumns, sqliteColumns } from './column-types.ts';

type Columns = Record<string, sqlite.SQLiteColumnBuilderBase>;

/** A table of an app, for queries on any of the databases. */
export type AppTable = sqlite.SQLiteTable;

interface Constraints {
  index: typeof sqlite.index;
  unique: typeof sqlite.unique;
  primaryKey: typeof sqlite.primaryKey;
}

const mysqlTwins = new WeakMap<AppTable, mysql.MySqlTable>();

/**
 * Declares a table of an app, once for MySQL, SQLite and D1. List it in the `tables` of its route, and run
 * `npm run generate`. A column is named after its property, in snake case.
 *
 * @param constraints indexes and keys of several columns
 * @example
 * export const order = defineTable('shop_order', ({ id, text, json, time }) => ({
 *   id: id(),
 *   customer: text({ length: 64 }).notNull(),
 *   items: json<Item[]>().notNull(),
 *   placedAt: time().notNull(),
 * }), ({ customer }, { index }) => [index('shop_order_customer').on(customer)]);
 */
export function defineTable<N extends string, C extends Columns>(
  name: N,
  columns: (types: ColumnTypes) => C,
  constraints: (
    table: BuildColumns<N, C, 'sqlite'>,
    kinds: Constraints,
  ) => sqlite.SQLiteTableExtraConfigValue[] = () => [],
) {
  const table = sqlite.sqliteTable(name, named(columns(sqliteColumns)), (self) => [
    ...constraints(self as never, sqlite),
    ...lengthChecks(name, self),
  ]);
  const twin = mysql.mysqlTable(
    name,
    named(columns(mysqlColumns)) as never,
    (self) => constraints(self as never, mysql as unknown as Constraints) as never,
  );
  mysqlTwins.set(table, twin);
  return table;
}

/** Returns the declaration of a table for MySQL, from which its migrations are made. */
export function mysqlTwin(table: AppTable): mysql.MySqlTable {
  const twin = mysqlTwins.get(table);
  if (twin === undefined) throw new TypeError('a table of an app is made by defineTable');
  return twin;
}

/** Names columns after their properties: `placedAt` is `placed_at`. */
function named<C extends Columns>(columns: C): C {
  for (const [key, column] of Object.entries(columns)) {
    const name = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    (column as unknown as { setName(name: string): void }).setName(name);
  }
  return columns;
}

/** SQLite ignores the length of a text, and MySQL refuses what is longer. */
function lengthChecks(name: string, columns: Record<string, unknown>): sqlite.CheckBuilder[] {
  return Object.values(columns).flatMap((column) => {
    const { name: key, length } = column as { name: string; length?: number };
    if (length === undefined) return [];
    return [sqlite.check(`${name}_${key}_length`, sql`length(${sql.identifier(key)}) <= ${sql.raw(`${length}`)}`)];
  });
}
