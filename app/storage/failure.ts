import { errorSummary } from '../lib/error-summary.ts';
import type { Log } from '../lib/log.ts';
import { StoreUnavailableError } from '../lib/store-errors.ts';

export interface StoreFailureOptions {
  log: Log;
  error: unknown;
  /** What failed. */
  message: string;
  /** Additional fields of the log line. */
  fields?: object;
  kind?: typeof StoreUnavailableError;
}

/** Logs a database failure, once for all the visits it hits, and returns the error for these visits. */
export function storeFailure(options: StoreFailureOptions): StoreUnavailableError {
  const { log, error, message, fields = {}, kind = StoreUnavailableError } = options;
  log.error({ ...fields, cause: errorSummary(error) }, message);
  return new kind(message, { cause: error });
}
