/** The cookie that names the replica a client is moored to. */
export const AFFINITY_COOKIE = 'srv_id';

/** What a replica's `route` name may be: Nginx's bound of 32 characters, of those that stand in a cookie as they are. */
export const ROUTE_NAME = /^[\w.-]{1,32}$/;

/** How long a client stays moored without a request, in seconds. */
export const AFFINITY_IDLE_TIMEOUT_SECONDS = 300;

/**
 * The value of the first `srv_id` cookie, read as Nginx reads `$cookie_srv_id`: the name in any case, pairs separated by
 * `;`, the value up to the next one as it stands, nothing unquoted, decoded or trimmed at its end.
 *
 * @param header the request's `Cookie` header, undefined when it has none
 * @returns undefined when there is no such cookie or the first one is empty
 *
 * @example
 * readAffinityCookie('theme=dark; srv_id=e73eb7edc6b16f4bfdbfe7bd78f9ac14'); // 'e73eb7edc6b16f4bfdbfe7bd78f9ac14'
 */
export function readAffinityCookie(header: string | undefined): string | undefined {
  const pairs = header?.split(';') ?? [];
  for (let index = 0; index < pairs.length; index++) {
    const pair = skipSpaces(pairs[index] as string);
    const name = pair.slice(0, AFFINITY_COOKIE.length).toLowerCase();
    if (name !== AFFINITY_COOKIE) continue;

    const rest = skipSpaces(pair.slice(name.length));
    if (rest.startsWith('=')) return skipSpaces(rest.slice(1)) || undefined;
    // Nginx takes the `;` after a bare name for the `=` it expects, and with it passes over the pair that follows.
    if (rest === '') index++;
  }
  return undefined;
}

function skipSpaces(text: string): string {
  return text.replace(/^ +/, '');
}
