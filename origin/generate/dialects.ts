import {
  generateMySQLDrizzleJson,
  generateMySQLMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api';
import { type AppTable, mysqlTwin } from '../../app/tables/define-table.ts';

/** The state of a schema, as Drizzle Kit stores it beside each migration. */
export interface Snapshot {
  id: string;
}

/** How Drizzle Kit makes the migrations of one kind of database. */
export interface Dialect {
  name: 'mysql' | 'sqlite';
  /** The format of an entry in the journal. */
  journalVersion: string;
  describe(tables: readonly AppTable[], previousId?: string): Promise<Snapshot>;
  /** Returns the statements that lead from one state to the next. */
  compare(before: Snapshot, after: Snapshot): Promise<string[]>;
}

const mysql: Dialect = {
  name: 'mysql',
  journalVersion: '5',
  describe: (tables, previousId) => generateMySQLDrizzleJson({ ...tables.map(mysqlTwin) }, previousId),
  compare: (before, after) => generateMySQLMigration(before as never, after as never),
};

const sqlite: Dialect = {
  name: 'sqlite',
  journalVersion: '6',
  describe: (tables, previousId) => generateSQLiteDrizzleJson({ ...tables }, previousId),
  compare: (before, after) => generateSQLiteMigration(before as never, after as never),
};

export const dialects = { mysql, sqlite };
