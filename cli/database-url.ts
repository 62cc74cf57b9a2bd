/** Connection parameters of a MySQL or MariaDB server. */
export interface MysqlParts {
  /** A host name, or an IP address without brackets. */
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

export type ParsedDatabaseUrl = { kind: 'mysql'; connection: MysqlParts } | { kind: 'sqlite'; path: string };

/** A database URL is invalid. None of the three texts contains a secret. */
export class DatabaseUrlError extends Error {
  override name = 'DatabaseUrlError';
  readonly expected: string;
  readonly got: string;
  readonly fix: string;

  constructor(expected: string, got: string, fix: string) {
    super(`expected ${expected}, got ${got}; ${fix}`);
    this.expected = expected;
    this.got = got;
    this.fix = fix;
  }
}

export const DATABASE_URL_EXPECTED = 'mysql://user:password@host:port/database or file:path';
export const DATABASE_URL_EXAMPLE = 'mysql://user:password@127.0.0.1:3306/mooring';

const DEFAULT_PORT = 3306;

/**
 * The query parameters that are allowed, each with its only allowed value, which is what Mooring uses anyway. The driver
 * accepts many more; some change the numbers that it returns or the security of the connection.
 */
const PARAMETERS: Record<string, string> = { charset: 'utf8mb4', 'ssl-mode': 'disabled' };

/** Parameter names with which drivers and tools ask for TLS. */
const TLS_PARAMETER = /ssl|tls|cert|cipher|^ca$|^key$|secure/i;

/** A path that can only be meant for SQLite. It cannot be a password, because passwords do not end like this. */
const SQLITE_PATH = /^(?:sqlite3?:(?:\/\/)?)?(?<path>[^@:?#\s]+\.(?:sqlite3?|db3?))$/i;

/**
 * Returns the URL without its password, or `***` when the password may be anywhere in it: an unescaped `/`, `?` or `#` in the
 * password ends the URL's host part early.
 */
export function maskUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url?.host || url.hash !== '' || `${url.pathname}${url.search}`.includes('@')) return '***';
  if (url.password !== '') url.password = '***';
  url.search = '';
  return url.href;
}

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

/**
 * Parses a MySQL URL.
 *
 * @throws {DatabaseUrlError} describing the problem
 */
export function parseMysqlUrl(value: string): MysqlParts {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isWhole =
    url?.protocol === 'mysql:' && url.hostname !== '' && url.username !== '' && /^\/[^/]+$/.test(url.pathname);
  // Line breaks and tabs are rejected, because a URL parser silently drops them.
  if (!isWhole || url.hash !== '' || /\s/.test(value)) {
    const fix = `for example ${DATABASE_URL_EXAMPLE}, with / as %2F, ? as %3F, # as %23 and @ as %40 in the password`;
    throw new DatabaseUrlError(DATABASE_URL_EXPECTED, JSON.stringify(maskUrl(value)), fix);
  }
  for (const [name, given] of url.searchParams) checkParameter(name, given);
  try {
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? DEFAULT_PORT : Number(url.port),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
    };
  } catch {
    throw new DatabaseUrlError('a percent-encoded URL', JSON.stringify(maskUrl(value)), 'write % as %25');
  }
}

function checkParameter(name: string, value: string): void {
  if (PARAMETERS[name.toLowerCase()] === value.toLowerCase()) return;
  // Show a name only if it looks like one: it may be part of a password. Never show the value: it may be a secret.
  const got = /^[\w-]{1,40}$/.test(name) ? `the parameter ${JSON.stringify(name)}` : 'another parameter';
  if (TLS_PARAMETER.test(name)) {
    const fix =
      'Mooring does not support TLS to the database yet: remove it, and connect by a private network or a tunnel';
    throw new DatabaseUrlError('no TLS option but ssl-mode=DISABLED', got, fix);
  }
  throw new DatabaseUrlError('no parameter but charset=utf8mb4 and ssl-mode=DISABLED', got, 'remove it');
}

export function mysqlUrl({ host, port, user, password, database }: MysqlParts): string {
  const url = new URL(`mysql://${bracketed(host)}:${port}/${encodeURIComponent(database)}`);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return url.href;
}

/** Returns the host as it is written before a port: IPv6 addresses in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
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
