import { StoreUnavailableError } from './store-errors.ts';

/** The known state of the database. */
export interface KnownAway {
  isAway(): boolean;
  /** Call it after a failed call, which may be the first sign of an outage. */
  databaseFailed(): void;
}

/**
 * Wraps a database call so that it fails at once while the database is known to be unavailable, instead of running into its
 * deadline. Do not wrap the call that finds out that the database is back.
 */
export function failWhileAway<A extends unknown[], R>(
  known: KnownAway,
  call: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  return async (...args) => {
    if (known.isAway()) throw new StoreUnavailableError('the database is known to be unavailable');
    try {
      return await call(...args);
    } catch (error) {
      if (error instanceof StoreUnavailableError) known.databaseFailed();
      throw error;
    }
  };
}
