import * as mysql from 'drizzle-orm/mysql-core';
import * as sqlite from 'drizzle-orm/sqlite-core';

/** Compared byte for byte, as in SQLite: in MySQL's default collation `A` and `a` are equal. */
const BINARY = 'character set utf8mb4 collate utf8mb4_bin';

const mysqlText = mysql.customType<{ data: string }>({ dataType: () => `text ${BINARY}` });
const mysqlVarchar = mysql.customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length}) ${BINARY}`,
});

/**
 * The kinds of columns that MySQL and SQLite store as the same values, so that a query written once reads and writes the same
 * in both.
 */
export const sqliteColumns = {
  /** A primary key that counts up. */
  id: () => sqlite.integer().primaryKey({ autoIncrement: true }),
  /** Text of at most `length` characters. Without `length` up to 64 KiB, which cannot be a key or in an index. */
  text: (config: { length?: number } = {}) => sqlite.text(config),
  /** A whole number. */
  integer: () => sqlite.integer(),
  number: () => sqlite.real(),
  boolean: () => sqlite.integer({ mode: 'boolean' }),
  /** A `Date`, to the millisecond. */
  time: () => sqlite.integer({ mode: 'timestamp_ms' }),
  /** Anything that JSON can express, up to 64 KiB. */
  json: <T>() => sqlite.text({ mode: 'json' }).$type<T>(),
};

export type ColumnTypes = typeof sqliteColumns;

// The builders of both dialects share the methods that a table needs. Its type is SQLite's in both cases.
export const mysqlColumns = {
  id: () => mysql.bigint({ mode: 'number' }).autoincrement().primaryKey(),
  text: ({ length }: { length?: number } = {}) => (length === undefined ? mysqlText() : mysqlVarchar({ length })),
  integer: () => mysql.bigint({ mode: 'number' }),
  number: () => mysql.double(),
  boolean: () => mysql.tinyint(),
  time: () => mysql.bigint({ mode: 'number' }),
  json: () => mysqlText(),
} as unknown as ColumnTypes;
