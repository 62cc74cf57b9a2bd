/** The affinity cookie: it names the replica that a client is moored to. */
export const AFFINITY_COOKIE = 'srv_id';

/** Valid `route` names of a replica: at most 32 characters (Nginx's limit), all valid in a cookie without escaping. */
export const ROUTE_NAME = /^[\w.-]{1,32}$/;

/** Lifetime of a client's affinity without a request, in seconds. */
export const AFFINITY_IDLE_TIMEOUT_SECONDS = 300;

/**
 * Returns the value of the first `srv_id` cookie, parsed exactly as Nginx parses `$cookie_srv_id`: the name is
 * case-insensitive, `;` separates the cookies, and the value is not unquoted, decoded or trimmed at its end.
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
    // After a name without a value Nginx takes the `;` for the `=` that it expects, and so skips the next cookie.
    if (rest === '') index++;
  }
  return undefined;
}

function skipSpaces(text: string): string {
  return text.startsWith(' ') ? text.replace(/^ +/, '') : text;
}
