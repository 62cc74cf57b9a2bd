/**
 * Returns a pattern that finds a cookie by its name and the form of its value in a `Cookie` header. Every request is searched, so
 * the other cookies are not parsed. A cookie of that name with another value is passed over.
 *
 * @param value a pattern of the value, with a group for each part
 */
export function cookiePattern(name: string, value: string): RegExp {
  return new RegExp(`(?:^|;)[ \\t]*${name}=${value}[ \\t]*(?:;|$)`);
}
