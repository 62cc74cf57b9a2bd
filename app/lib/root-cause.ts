/**
 * The innermost `cause` of an error. Drizzle wraps a driver's error in one that spells out the whole query with its
 * parameters, far too much for a log line; the driver's own has the code that tells what happened.
 */
export function rootCause(error: unknown): unknown {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  return innermost;
}
