/**
 * Returns what Nginx finds for `$cookie_name`, with Nginx's own algorithm, character by character. It compares the name
 * at a position, then skips spaces, an equals sign (or the character in its place) and spaces. The value ends at the
 * next semicolon. Without a match it continues after the next semicolon and the spaces behind it.
 */
export function nginxCookie(header: string, name: string): string | undefined {
  let at = 0;
  while (at < header.length) {
    let next = at + name.length;
    if (header.slice(at, next).toLowerCase() === name) {
      next = skip(header, next);
      if (next < header.length && header[next] === '=') {
        const begin = skip(header, next + 1);
        const end = header.indexOf(';', begin);
        return header.slice(begin, end < 0 ? header.length : end) || undefined;
      }
      // Nginx has skipped the character that is no equals sign, and looks for a semicolon behind it.
      at = next + 1;
    }
    const semicolon = header.indexOf(';', at);
    if (semicolon < 0) return undefined;
    at = skip(header, semicolon + 1);
  }
  return undefined;
}

function skip(header: string, from: number): number {
  let at = from;
  while (header[at] === ' ') at++;
  return at;
}
