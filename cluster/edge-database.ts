import { readFileSync } from 'node:fs';
import { readDatabaseConfig } from '../origin/node/database-config.ts';
import { SettingsError } from '../origin/settings.ts';

/** A MySQL that the worker is bound to. */
export interface EdgeDatabase {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

const DEFAULT_PORT = 3306;

/**
 * Finds the MySQL for the edge where the replicas find theirs, in the environment.
 *
 * @returns undefined when that is no MySQL: a file is for processes of this machine, and the runtime reads none
 * @throws {SettingsError} naming every wrong setting
 */
export function readEdgeDatabase(env: Record<string, string | undefined>): EdgeDatabase | undefined {
  const problems: string[] = [];
  const config = readDatabaseConfig(env, (path) => readFileSync(path, 'utf8'), problems);
  if (problems.length > 0) throw new SettingsError(problems);
  if (config.kind !== 'mysql') return undefined;
  return 'uri' in config.connection ? parseMysqlUrl(config.connection.uri) : config.connection;
}

/** Takes a MySQL URL apart. */
export function parseMysqlUrl(url: string): EdgeDatabase {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname,
    port: port === '' ? DEFAULT_PORT : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  };
}

/** Puts a MySQL URL together. */
export function mysqlUrl({ host, port, user, password, database }: EdgeDatabase): string {
  const url = new URL(`mysql://${host}:${port}/${encodeURIComponent(database)}`);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return url.href;
}
