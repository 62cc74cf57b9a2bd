import { DrizzleQueryError } from 'drizzle-orm';

/** Returns the driver's error. Drizzle wraps it in one whose message repeats the query with its parameters. */
export function driverError(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error;
}
