/** Address of a MySQL or MariaDB server. */
export interface DatabaseHost {
  /** A host name, or an IP address without brackets. */
  host: string;
  port: number;
}

export const DEFAULT_PORT = 3306;

/** As many as a group of MySQL servers may have members. */
const MAX_HOSTS = 9;

const HOST = /^(?:\[(?<bracketed>[\da-f:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?$/i;
const BARE_IPV6 = /^[\da-f]*:[\da-f.]*:[\da-f:.]*$/i;

/**
 * Parses `host:port,host:port`. Ports may be left out.
 *
 * @returns undefined when a host is malformed or named twice, or when there are too many
 */
export function parseHosts(list: string, defaultPort = DEFAULT_PORT): DatabaseHost[] | undefined {
  const hosts = list.split(',').map((text) => parseHost(text, defaultPort));
  if (hosts.length > MAX_HOSTS || !hosts.every((host) => host !== undefined)) return undefined;
  return new Set(hosts.map(formatHost)).size === hosts.length ? hosts : undefined;
}

function parseHost(text: string, defaultPort: number): DatabaseHost | undefined {
  // Without brackets no port can follow.
  if (BARE_IPV6.test(text)) return { host: text, port: defaultPort };
  const { bracketed: ip, name, port: digits } = HOST.exec(text)?.groups ?? {};
  const host = ip ?? name;
  const port = digits === undefined ? defaultPort : Number(digits);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** Returns `host:port`. */
export function formatHost({ host, port }: DatabaseHost): string {
  return `${bracketed(host)}:${port}`;
}

/** Returns the host as it is written before a port: IPv6 addresses in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
