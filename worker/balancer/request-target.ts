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

/** Returns the path and query of a request, or undefined when its host or its target is malformed. */
export function requestTarget({ url, headers }: Request): string | undefined {
  if (!isHost(headers.get('Host') ?? '')) return undefined;
  // The runtime concatenates host and target unchanged. The host contains no slash, so the path begins at the first
  // one.
  const pathAt = url.indexOf('/', url.indexOf('://') + '://'.length);
  if (pathAt < 0) return undefined;
  const { pathname, search } = new URL(`http://host${url.slice(pathAt)}`);
  return pathname + search;
}
