import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import { inject } from 'vitest';

/** An empty database for one test. */
export interface TestDatabase {
  url: string;
  /** A connection with all privileges, in addition to those under test. */
  admin: mysql.Connection;
  /** Returns the ids of the other connections to this database. */
  connectionIds(): Promise<number[]>;
  drop(): Promise<void>;
}

/** URL of this run's MySQL, without a database. The server starts when the first test file asks for it. */
const mysqlUrl = await requestMysql();

/** Whether this run has a MySQL. Without one its suites are skipped. */
export const hasMysql = mysqlUrl !== undefined;

async function requestMysql(): Promise<string | undefined> {
  const response = await fetch(inject('mysqlBroker'));
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { url?: string }).url;
}

/** Creates an empty database with a random name. */
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
      // A connection that is still in a transaction would block the removal.
      for (const id of await connectionIds()) await killConnection(admin, id);
      await admin.query(`drop database ${name}`);
      await admin.end();
    },
  };
}

/** Kills a connection on the server. It is no error if the connection has just ended by itself. */
export async function killConnection(admin: mysql.Connection, id: number): Promise<void> {
  try {
    await admin.query(`kill ${id}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ER_NO_SUCH_THREAD') throw error;
  }
}
