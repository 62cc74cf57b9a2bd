import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import { inject } from 'vitest';

/** An empty database of one test's own. */
export interface TestDatabase {
  url: string;
  /** A connection beside those under test, allowed everything. */
  admin: mysql.Connection;
  /** The ids of the connections that others have to this database. */
  connectionIds(): Promise<number[]>;
  drop(): Promise<void>;
}

/** The MySQL of this run, without a database; it starts when the first test file asks. */
const mysqlUrl = await requestMysql();

/** Whether this run has a MySQL; without one its suites are skipped. */
export const hasMysql = mysqlUrl !== undefined;

async function requestMysql(): Promise<string | undefined> {
  const response = await fetch(inject('mysqlBroker'));
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { url?: string }).url;
}

/** Creates an empty database under a random name. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `mooring_${randomBytes(6).toString('hex')}`;
  const url = new URL(mysqlUrl as string);
  url.pathname = `/${name}`;
  const admin = await mysql.createConnection({ uri: mysqlUrl as string });
  await admin.query(`create database ${name}`);
  await admin.changeUser({ database: name });

  async function connectionIds(): Promise<number[]> {
    const [rows] = await admin.query<mysql.RowDataPacket[]>(
      'select id from information_schema.processlist where db = ? and id <> connection_id()',
      [name],
    );
    return rows.map((row) => Number(row.id ?? row.ID));
  }

  return {
    url: url.href,
    admin,
    connectionIds,
    async drop() {
      // Whoever is still in a transaction would keep the database.
      for (const id of await connectionIds()) await killConnection(admin, id);
      await admin.query(`drop database ${name}`);
      await admin.end();
    },
  };
}

/** Ends a connection from the server's side; one that has just ended by itself is as good. */
export async function killConnection(admin: mysql.Connection, id: number): Promise<void> {
  try {
    await admin.query(`kill ${id}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ER_NO_SUCH_THREAD') throw error;
  }
}
