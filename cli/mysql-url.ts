import { type DatabaseHost, formatHost, parseHosts } from './database-hosts.ts';
import { type DatabaseTls, unverifiableHost } from './database-tls.ts';
import { DatabaseUrlError } from './database-url-error.ts';
import { readUrlTls } from './mysql-url-parameters.ts';
import { readText } from './settings-from-files.ts';

/** How to connect to a MySQL or MariaDB database. */
export interface MysqlConfig {
  /** The servers, at least one. With several, one of them accepts writes, and which one changes. */
  hosts: readonly DatabaseHost[];
  user: string;
  password: string;
  database: string;
  tls: DatabaseTls;
}

export const DATABASE_URL_EXPECTED = 'mysql://user:password@host:port/database or file:path';
export const DATABASE_URL_EXAMPLE = 'mysql://user:password@127.0.0.1:3306/mooring';

/** A URL whose host may be a list, which a URL parser rejects, in three parts. */
const URL_PARTS = /^(?<start>[a-z][a-z\d+.-]*:\/\/(?:[^/?#]*@)?)(?<hosts>[^/?#@]*)(?<rest>.*)$/is;

interface SplitUrl {
  hosts: DatabaseHost[];
  /** The hosts as they are written. */
  list: string;
  /** The same URL with one host. */
  url: URL;
}

function splitUrl(value: string): SplitUrl | undefined {
  const { start, hosts: list = '', rest } = URL_PARTS.exec(value)?.groups ?? {};
  const hosts = parseHosts(list);
  const single = `${start}host${rest}`;
  // In a URL an IPv6 address needs its brackets: otherwise a part of the password may look like one.
  const isBare = list.split(',').some((text) => !text.startsWith('[') && text.split(':').length > 2);
  return hosts && !isBare && URL.canParse(single) ? { hosts, list, url: new URL(single) } : undefined;
}

/**
 * Returns the URL without its password, or `***` when the password may be anywhere in it: an unescaped `/`, `?` or `#` in the
 * password ends the URL's host part early.
 */
export function maskUrl(value: string): string {
  const parts = splitUrl(value);
  if (parts === undefined) return '***';
  const { url, list } = parts;
  if (url.hash !== '' || `${url.pathname}${url.search}`.includes('@')) return '***';
  const password = url.password === '' ? '' : ':***';
  const login = url.username === '' && password === '' ? '' : `${url.username}${password}@`;
  return `${url.protocol}//${login}${list}${url.pathname}`;
}

/**
 * Parses a MySQL URL.
 *
 * @param readFile reads the file that `ssl-ca` names, throwing when it cannot
 * @throws {DatabaseUrlError} describing the problem
 */
export function parseMysqlUrl(value: string, readFile: (path: string) => string = readText): MysqlConfig {
  const { url, hosts = [] } = splitUrl(value) ?? {};
  const isWhole = url?.protocol === 'mysql:' && url.username !== '' && /^\/[^/]+$/.test(url.pathname);
  // Line breaks and tabs are rejected, because a URL parser silently drops them.
  if (!isWhole || url.hash !== '' || /\s/.test(value)) {
    const fix = `for example ${DATABASE_URL_EXAMPLE}, with / as %2F, ? as %3F, # as %23 and @ as %40 in the password`;
    throw new DatabaseUrlError(DATABASE_URL_EXPECTED, JSON.stringify(maskUrl(value)), fix);
  }
  const tls = readUrlTls(url.searchParams, readFile);
  const ip = unverifiableHost(tls, hosts);
  if (ip !== undefined) {
    throw new DatabaseUrlError('a host name beside ssl-mode=VERIFY_IDENTITY', JSON.stringify(ip), USE_A_NAME);
  }
  try {
    return {
      hosts,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
      tls,
    };
  } catch {
    throw new DatabaseUrlError('a percent-encoded URL', JSON.stringify(maskUrl(value)), 'write % as %25');
  }
}

export const USE_A_NAME = "write a name that is in the server's certificate";

/** Returns the URL of a database, without parameters. */
export function mysqlUrl({ hosts, user, password, database }: Omit<MysqlConfig, 'tls'>): string {
  const [name, secret, path] = [user, password, database].map(encodeURIComponent);
  return `mysql://${name}${secret === '' ? '' : `:${secret}`}@${hosts.map(formatHost).join(',')}/${path}`;
}

/** Whether the URL is MySQL's and names a user without a password. */
export function lacksPassword(value: string): boolean {
  // A URL parser silently drops or encodes spaces, and what reads this URL rejects them.
  const { url } = (/\s/.test(value) ? undefined : splitUrl(value)) ?? {};
  return url?.protocol === 'mysql:' && url.username !== '' && url.password === '';
}

/** Adds a password to a URL that lacks one. */
export function withPassword(value: string, password: string): string {
  return value.replace(URL_PARTS, (_value, start: string, hosts: string, rest: string) => {
    const login = start.replace(/:?@$/, '');
    return `${login}:${encodeURIComponent(password)}@${hosts}${rest}`;
  });
}
