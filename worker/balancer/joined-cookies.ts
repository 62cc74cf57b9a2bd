import { readAffinityCookie } from '../../app/affinity/cookie.ts';

/**
 * Returns the affinity cookie of the first `Cookie` line that has one. The runtime joins the lines with a comma and a space,
 * which no cookie may contain (RFC 6265 section 4.1.1).
 */
export function affinityCookieOfLines(header: string | undefined): string | undefined {
  for (const line of header?.split(', ') ?? []) {
    const cookie = readAffinityCookie(line);
    if (cookie !== undefined) return cookie;
  }
  return undefined;
}
