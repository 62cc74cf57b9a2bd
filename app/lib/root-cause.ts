/**
 * Returns the innermost `cause` of an error. Drizzle wraps the driver's error in one that repeats the whole query with its
 * parameters, far too much for a log line; the driver's error has the code that says what happened.
 */
export function rootCause(error: unknown): unknown {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  return innermost;
}
