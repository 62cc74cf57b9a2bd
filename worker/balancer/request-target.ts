/**
 * What Nginx takes for a host: `uri-host [ ":" port ]` with the characters of RFC 3986 section 3.2.2. Anything else could end
 * the host early in a URL, and what follows would become a part of the path that a replica is asked for.
 */
const HOST = /^(?:\[[!$&'()*+,\-.:;=~\w]*\]|\.?[!$%&'()*+,;=~\w-]+(?:\.[!$%&'()*+,;=~\w-]+)*\.?)(?::(\d*))?$/;
const MAX_PORT = 65_535;

/** Whether a `Host` header names one host. Several such headers come joined by a comma and a space, and do not. */
export function isHost(host: string): boolean {
  const found = host.match(HOST);
  return found !== null && Number(found[1] ?? 0) <= MAX_PORT;
}

/**
 * The path and query of a request.
 *
 * @returns undefined when its host or its target is malformed
 */
export function requestTarget({ url, headers }: Request): string | undefined {
  if (!isHost(headers.get('Host') ?? '')) return undefined;
  // The runtime puts host and target together as they came. There is no slash in the host, so this is where the path begins.
  const pathAt = url.indexOf('/', url.indexOf('://') + '://'.length);
  if (pathAt < 0) return undefined;
  const { pathname, search } = new URL(`http://host${url.slice(pathAt)}`);
  return pathname + search;
}
