import { backoffMs } from './backoff.ts';
import { setting } from './settings.ts';
import { CommitInDoubtError, StoreUnavailableError } from './store-errors.ts';
import { milliseconds } from './text-format.ts';

/** The setting of all programs that commit. */
export const inDoubtSettings = {
  IN_DOUBT_TIMEOUT_MS: setting(milliseconds({ min: 1000, max: 600_000 }), {
    about:
      'How long the outcome of a commit is pursued after its connection to the database broke, in milliseconds: longer than a failover of the database takes, and at least six seconds shorter than `UPSTREAM_READ_TIMEOUT_MS`.',
    example: '9000',
    default: 9000,
  }),
};

export const DEFAULT_IN_DOUBT_TIMEOUT_MS = inDoubtSettings.IN_DOUBT_TIMEOUT_MS.default;

/** The pauses between two attempts. */
export const IN_DOUBT_BACKOFF = { firstMs: 100, lastMs: 1000 };

export interface ResolveInDoubtOptions {
  /** The last attempt begins by then. */
  timeoutMs: number;
  pause: (ms: number) => Promise<void>;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
}

/**
 * Repeats a commit whose outcome is unknown until the database says how it ended. The commit must find out by itself whether
 * it was made before.
 *
 * @throws {CommitInDoubtError} when the outcome stays unknown
 * @throws any other error of `commit` than a `StoreUnavailableError` at once
 */
export async function resolveInDoubt<T>(commit: () => Promise<T>, options: ResolveInDoubtOptions): Promise<T> {
  const { timeoutMs, pause, monotonicMs } = options;
  const giveUpAtMs = monotonicMs() + timeoutMs;
  for (let attempt = 0; ; attempt++) {
    await pause(backoffMs(attempt, IN_DOUBT_BACKOFF));
    try {
      return await commit();
    } catch (error) {
      const isLast = monotonicMs() + backoffMs(attempt + 1, IN_DOUBT_BACKOFF) > giveUpAtMs;
      if (!(error instanceof StoreUnavailableError)) throw error;
      // The last attempt may have failed without writing anything, but the first one may have been made.
      if (isLast)
        throw new CommitInDoubtError('the outcome of the commit could not be found out in time', { cause: error });
    }
  }
}
