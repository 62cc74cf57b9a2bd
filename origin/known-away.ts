import { StoreUnavailableError } from './errors.ts';

/**
 * Wraps calls of the database so that they fail at once while it is known to be away, instead of waiting for it each by
 * itself. What finds out that it is back must not be wrapped.
 */
export function failWhileAway<A extends unknown[], R>(
  isAway: () => boolean,
  call: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  return async (...args) => {
    if (isAway()) throw new StoreUnavailableError('the database is known to be away');
    return call(...args);
  };
}
