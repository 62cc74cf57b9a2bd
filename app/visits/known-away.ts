import { StoreUnavailableError } from './errors.ts';

/** What is known of the database. */
export interface KnownAway {
  isAway(): boolean;
  /** A call failed, which may be the first sign. */
  databaseFailed(): void;
}

/**
 * Wraps calls of the database so that they fail at once while it is known to be away, instead of waiting for it each by
 * itself. What finds out that it is back must not be wrapped.
 */
export function failWhileAway<A extends unknown[], R>(
  known: KnownAway,
  call: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  return async (...args) => {
    if (known.isAway()) throw new StoreUnavailableError('the database is known to be away');
    try {
      return await call(...args);
    } catch (error) {
      if (error instanceof StoreUnavailableError) known.databaseFailed();
      throw error;
    }
  };
}
