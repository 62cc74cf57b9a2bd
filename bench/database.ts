import { startDockerMysql } from '../testkit/mysql/docker.ts';
import { type MysqlServer, mysqlVersion } from '../testkit/mysql/server.ts';
import { startPrivateMysql } from '../testkit/mysql/spawn.ts';
import { startStackMysql } from '../testkit/mysql/stack.ts';
import { startAnyMysql, withConnection } from '../testkit/mysql/start.ts';
import { findProgram } from '../testkit/processes/command.ts';
import { MissingPeerError } from './peers/peer.ts';

/** A database server that the bench may load. */
export interface BenchDatabase extends Pick<MysqlServer, 'url' | 'pid' | 'stop'> {
  /** Its product and version, and whose settings it has. */
  description: string;
}

/** More than everything that is compared opens at the same time. */
const MAX_CONNECTIONS = 2000;

/**
 * Returns the given server, or starts the stack's MySQL in its container, or without Docker whatever is installed.
 *
 * @throws {NoMysqlError} when there is none
 */
export async function startDatabase(givenUrl: string | undefined, say: (line: string) => void): Promise<BenchDatabase> {
  const server = await startAnyMysql(givenUrl, say, [startStackMysql, startPrivateMysql, startDockerMysql]);
  if (givenUrl !== undefined) return { ...server, description: await mysqlVersion(server.url) };
  return prepare(server);
}

/**
 * Starts a MariaDB with its own defaults.
 *
 * @throws {MissingPeerError} when it is not installed
 */
export async function startMariadb(say: (line: string) => void): Promise<BenchDatabase> {
  if ((await findProgram('mariadbd')) === undefined) throw new MissingPeerError('mariadbd', ['mariadb-server']);
  return prepare(await startAnyMysql(undefined, say, [startPrivateMysql]));
}

async function prepare(server: MysqlServer): Promise<BenchDatabase> {
  await withConnection(server.url, (admin) => admin.query(`set global max_connections = ${MAX_CONNECTIONS}`));
  return { ...server, description: `${await mysqlVersion(server.url)} (${server.origin})` };
}
