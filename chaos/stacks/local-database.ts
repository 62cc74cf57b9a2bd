import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { openDatabase } from '../../origin/node/database.ts';
import { createLogger } from '../../origin/node/logger.ts';
import { startDockerMysql } from '../../tests/support/mysql-docker.ts';
import { installMysql } from '../../tests/support/mysql-install.ts';
import { startPrivateMysql } from '../../tests/support/mysql-private.ts';
import { type MysqlPower, type MysqlServer, type MysqlSource, mysqlVersion } from '../../tests/support/mysql-server.ts';
import { startFirst } from '../../tests/support/mysql-sources.ts';
import type { Ledger } from '../history.ts';

/** A database of one run's own. */
export interface LocalDatabase {
  url: string;
  /** Which server it is on, in words. */
  about: string;
  power: MysqlPower | undefined;
  /** Keeps visits from being committed for so long; not while the database is away. */
  hold(ms: number): Promise<void>;
  execute(statement: string): Promise<void>;
  ledger(): Promise<Ledger>;
  remove(): Promise<void>;
}

/** There is no MySQL here, and none could be started. */
export class NoMysqlError extends Error {
  override name = 'NoMysqlError';
  override message = 'no MySQL: start Docker, install mysqld or mariadbd, or give one with --database';
}

/** One of our own is asked for first: it can be killed at once. */
const SOURCES: MysqlSource[] = [startPrivateMysql, startDockerMysql, installMysql];

/**
 * Makes a migrated database on the server that is given, or on one that is started for it.
 *
 * @throws {NoMysqlError} when there is none
 */
export async function createLocalDatabase(
  givenUrl: string | undefined,
  say: (line: string) => void,
): Promise<LocalDatabase> {
  const server: MysqlServer | undefined =
    givenUrl === undefined ? await startFirst(SOURCES, say) : { url: givenUrl, origin: 'the one given', stop() {} };
  if (!server) throw new NoMysqlError();
  process.once('exit', server.stop);
  const name = `mooring_chaos_${randomBytes(4).toString('hex')}`;
  const url = new URL(server.url);
  url.pathname = '/';
  await withConnection(url.href, (admin) => admin.query(`create database ${name}`));
  url.pathname = `/${name}`;
  const config = { kind: 'mysql', connection: { uri: url.href } } as const;
  const { store } = await openDatabase(config, createLogger('silent'), { migrate: true });
  await store.close();

  return {
    url: url.href,
    about: `${await mysqlVersion(server.url)}, ${server.origin}`,
    power: server.power,
    async hold(ms) {
      await withConnection(url.href, async (admin) => {
        await admin.query('start transaction');
        await admin.query('select value from global_counter for update');
        await setTimeout(ms);
        await admin.query('commit');
        // Nobody is held by a database that is away.
      }).catch(() => setTimeout(ms));
    },
    async execute(statement) {
      await withConnection(url.href, (admin) => admin.query(statement));
    },
    ledger: () =>
      withConnection(url.href, async (admin) => {
        const [counters] = await admin.query<RowDataPacket[]>('select value from global_counter');
        const [rows] = await admin.query<RowDataPacket[]>('select number, request_id as requestId from access_log');
        return { counter: counters[0]?.value as number, rows: rows as Ledger['rows'] };
      }),
    async remove() {
      await withConnection(url.href, (admin) => admin.query(`drop database ${name}`));
      server.stop();
      process.off('exit', server.stop);
    },
  };
}

async function withConnection<T>(url: string, work: (admin: mysql.Connection) => Promise<T>): Promise<T> {
  const admin = await mysql.createConnection({ uri: url, connectTimeout: 3000 });
  // Whatever breaks it is told by the query that it breaks.
  admin.on('error', () => {});
  try {
    return await work(admin);
  } finally {
    admin.destroy();
  }
}
