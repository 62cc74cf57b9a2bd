import { explainDatabaseError } from './explain-database-error.ts';
import { rootCause } from './root-cause.ts';

/** Returns the parts of a driver's error that say what happened. The rest repeats the statement with its values. */
export function errorSummary(error: unknown): object {
  const { code, sqlState } = rootCause(error) as { code?: unknown; sqlState?: unknown };
  return { code, sqlState, message: explainDatabaseError(error) };
}
