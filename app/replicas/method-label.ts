/** The methods that become labels (RFC 9110 section 9.3, RFC 5789). */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Returns a method as a metric's label. Clients may send any method; unknown ones count as `other`. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'other';
}
