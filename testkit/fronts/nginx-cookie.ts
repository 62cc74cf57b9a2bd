/**
 * What Nginx finds for `$cookie_name`, by its own way through the header, character by character: at a place it compares
 * the name, then takes spaces, an equals sign (or whatever stands in its place) and spaces, and the value up to the next
 * semicolon; where it finds none it goes on behind the next semicolon and the spaces after it.
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
      // It has taken the character that is no equals sign, and looks for a semicolon behind it.
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
