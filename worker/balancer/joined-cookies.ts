import { readAffinityCookie } from '../../app/affinity/cookie.ts';

/**
 * Returns the first of a request's `Cookie` lines that has an affinity cookie. The runtime joins the lines with a comma and a
 * space, which no cookie may contain (RFC 6265 section 4.1.1).
 */
export function affinityLine(header: string | undefined): string | undefined {
  return header?.split(', ').find((line) => readAffinityCookie(line) !== undefined);
}
