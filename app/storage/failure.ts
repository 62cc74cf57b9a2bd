import { errorSummary } from '../lib/error-summary.ts';
import type { Log } from '../lib/log.ts';
import { StoreUnavailableError } from '../visits/errors.ts';

export interface StoreFailureOptions {
  log: Log;
  error: unknown;
  /** What could not be done. */
  message: string;
  /** What else the log line is to say. */
  fields?: object;
  kind?: typeof StoreUnavailableError;
}

/** Logs what a database failed with, once for all the visits it hits, and makes the error that the visits get. */
export function storeFailure(options: StoreFailureOptions): StoreUnavailableError {
  const { log, error, message, fields = {}, kind = StoreUnavailableError } = options;
  log.error({ ...fields, cause: errorSummary(error) }, message);
  return new kind(message, { cause: error });
}
