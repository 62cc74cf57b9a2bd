import { DatabaseUrlError } from './database-url-error.ts';
import { DATABASE_URL_EXPECTED, type MysqlConfig, parseMysqlUrl } from './mysql-url.ts';

export type ParsedDatabaseUrl = { kind: 'mysql'; connection: MysqlConfig } | { kind: 'sqlite'; path: string };

/** A path that can only be meant for SQLite. It cannot be a password, because passwords do not end like this. */
const SQLITE_PATH = /^(?:sqlite3?:(?:\/\/)?)?(?<path>[^@:?#\s]+\.(?:sqlite3?|db3?))$/i;

/**
 * Parses a database URL.
 *
 * @throws {DatabaseUrlError} describing the problem
 */
export function parseDatabaseUrl(value: string): ParsedDatabaseUrl {
  if (/^file:/i.test(value)) return { kind: 'sqlite', path: parseFileUrl(value) };
  const path = SQLITE_PATH.exec(value)?.groups?.path;
  if (path !== undefined) {
    throw new DatabaseUrlError(DATABASE_URL_EXPECTED, JSON.stringify(value), `for a SQLite file write file:${path}`);
  }
  return { kind: 'mysql', connection: parseMysqlUrl(value) };
}

/** @throws {DatabaseUrlError} when the URL does not name a file */
function parseFileUrl(value: string): string {
  const groups = /^file:(?:\/\/(?<host>[^/?#]*))?(?<path>[^?#]*)(?<rest>.*)$/is.exec(value)?.groups ?? {};
  const { host = '', path = '', rest = '' } = groups;
  const wrong = (expected: string, fix: string) =>
    new DatabaseUrlError(expected, value.includes('@') ? '"***"' : JSON.stringify(value), fix);
  if (host !== '' && host.toLowerCase() !== 'localhost') {
    throw wrong(
      'file:path, or file:///path from the root',
      `for a path from the working folder write file:${host}${path}`,
    );
  }
  if (rest !== '') throw wrong('a file without parameters', 'remove them; ? in a path is %3F, # is %23');
  const decoded = decodePath(path);
  if (decoded === undefined) throw wrong('a percent-encoded path', 'write % as %25');
  if (decoded.startsWith(':memory:')) {
    throw wrong(
      'a file that all replicas share',
      'a database in memory is lost with its process: for example file:data/mooring.sqlite',
    );
  }
  if (decoded === '' || decoded.endsWith('/') || decoded.includes('\0')) {
    throw wrong('the path of a file', 'for example file:data/mooring.sqlite');
  }
  return decoded;
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Returns the URL of a file in the form that the SQLite driver reads. */
export function fileUrl(path: string): string {
  return `file:${path.split('/').map(encodeURIComponent).join('/')}`;
}
