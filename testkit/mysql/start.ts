import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import { UserError } from '../../app/lib/user-error.ts';
import { parseMysqlUrl } from '../../cli/mysql-url.ts';
import { openDatabase } from '../../origin/database/open.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { startDockerMysql } from './docker.ts';
import type { MysqlServer, MysqlSource } from './server.ts';
import { startFirst } from './sources.ts';
import { startPrivateMysql } from './spawn.ts';

/** There is no MySQL here, and none could be started. */
export class NoMysqlError extends UserError {
  override name = 'NoMysqlError';
  override message = 'no MySQL found: start Docker, install mysqld or mariadbd, or name a server with --database';
}

/** A private server comes first, because it can be killed at once. */
const SOURCES: MysqlSource[] = [startPrivateMysql, startDockerMysql];

/**
 * Returns the given server, or starts one that ends with this process.
 *
 * @param say receives messages about servers that did not start
 * @param sources where a server may come from; the first that has one
 * @throws {NoMysqlError} when none is available
 */
export async function startAnyMysql(
  givenUrl: string | undefined,
  say: (line: string) => void,
  sources: MysqlSource[] = SOURCES,
): Promise<MysqlServer> {
  if (givenUrl !== undefined) return { url: givenUrl, origin: 'the one given', stop() {} };
  const server = await startFirst(sources, say);
  if (!server) throw new NoMysqlError();
  process.once('exit', server.stop);
  return {
    ...server,
    stop() {
      process.off('exit', server.stop);
      server.stop();
    },
  };
}

/**
 * Creates a database with a unique name and applies the migrations.
 *
 * @param prefix start of its name
 * @returns its URL
 */
export async function createMigratedDatabase(server: Pick<MysqlServer, 'url'>, prefix: string): Promise<string> {
  const name = `${prefix}_${randomBytes(4).toString('hex')}`;
  await withConnection(server.url, (admin) => admin.query(`create database ${name}`));
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const config = { kind: 'mysql', connection: parseMysqlUrl(url.href) } as const;
  try {
    const { store } = await openDatabase(config, createLogger('silent'), { migrate: true });
    await store.close();
  } catch (error) {
    await dropDatabase(url.href);
    throw error;
  }
  return url.href;
}

/** Drops a database that {@link createMigratedDatabase} created. */
export function dropDatabase(url: string): Promise<void> {
  return withConnection(url, async (admin) => {
    await admin.query(`drop database ${new URL(url).pathname.slice(1)}`);
  });
}

/** Runs `work` with a connection of its own. */
export async function withConnection<T>(url: string, work: (admin: mysql.Connection) => Promise<T>): Promise<T> {
  const admin = await mysql.createConnection({ uri: url, connectTimeout: 3000 });
  // Prevents an uncaught error: the query that fails reports it to its caller.
  admin.on('error', () => {});
  try {
    return await work(admin);
  } finally {
    admin.destroy();
  }
}
