import type { RequestHead } from './request-head.ts';

/**
 * Hosts that Nginx accepts: `uri-host [ ":" port ]` with the characters of RFC 3986 section 3.2.2. Any other character
 * could end the host early in a URL, and the rest would become part of the path.
 */
const HOST = /^(?:\[[!$&'()*+,\-.:;=~\w]*\]|\.?[!$%&'()*+,;=~\w-]+(?:\.[!$%&'()*+,;=~\w-]+)*\.?)(?::(\d*))?$/;
const MAX_PORT = 65_535;

/**
 * Whether a `Host` header names one host. Several `Host` headers arrive joined by a comma and a space, and do not
 * match.
 */
export function isHost(host: string): boolean {
  const found = host.match(HOST);
  return found !== null && Number(found[1] ?? 0) <= MAX_PORT;
}

/**
 * Returns the path and query of a request as the client sent them, or undefined when its host or its target is malformed.
 *
 * `fetch` then sends the normal form of the URL: docs/affinity.md, R1. A backslash is encoded here, because `fetch` would
 * send a slash in its place.
 */
export function requestTarget({ url, headers }: Pick<RequestHead, 'url' | 'headers'>): string | undefined {
  if (!isHost(headers.get('Host') ?? '')) return undefined;
  // The runtime concatenates host and target unchanged. The host contains no slash, so the path begins at the first
  // one.
  const pathAt = url.indexOf('/', url.indexOf('://') + '://'.length);
  if (pathAt < 0) return undefined;
  const queryAt = url.indexOf('?', pathAt);
  const pathEnd = queryAt < 0 ? url.length : queryAt;
  const path = url.slice(pathAt, pathEnd);
  if (!isPath(path)) return undefined;
  return path.replaceAll('\\', '%5C') + url.slice(pathEnd);
}

/** Whether Nginx accepts the path: each `%` begins the code of a byte other than zero, and `..` stays below the root. */
function isPath(path: string): boolean {
  if (!path.includes('%') && !path.includes('..')) return true;
  if (/%(?![0-9a-f]{2})|%00/i.test(path)) return false;
  const decoded = path.replace(/%(..)/g, (_code, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  let depth = 0;
  for (const segment of decoded.split('/')) {
    if (segment === '..') depth--;
    else if (segment !== '' && segment !== '.') depth++;
    if (depth < 0) return false;
  }
  return true;
}
