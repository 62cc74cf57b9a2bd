import { backoffMs } from '../lib/backoff.ts';
import { CommitInDoubtError, StoreUnavailableError } from '../lib/store-errors.ts';
import { SessionConflictError } from './errors.ts';
import type { SessionCopy } from './session-copy.ts';

export interface PersistOptions<T> {
  /** Returns the state to change: at first the newest one that is known, then the database's. */
  stateFor: (isFirst: boolean) => Promise<SessionCopy | undefined>;
  /** Tries to commit a change of the state. Resolves with undefined when another replica's change came first. */
  attempt: (before: SessionCopy | undefined) => Promise<T | undefined>;
  /** Called after a conflict. @param wasInDoubt whether an earlier commit of this change may have been made */
  onConflict: (wasInDoubt: boolean) => void;
  /** How long the outcome of a commit in doubt is pursued, in milliseconds. */
  inDoubtTimeoutMs: number;
  monotonicMs: () => number;
  pause: (ms: number) => Promise<void>;
  /** Returns a number from 0 to 1. */
  random: () => number;
}

/** How long a change is tried again after conflicts. */
const CONFLICT_TIMEOUT_MS = 5000;

const CONFLICT_BACKOFF = { firstMs: 2, lastMs: 500 };

/**
 * Repeats a change until it is committed, with the current state each time.
 *
 * @throws {SessionConflictError} when other changes came first each time until the deadline
 * @throws {CommitInDoubtError} when the outcome could not be found out in time
 * @throws any other error of `stateFor` and `attempt`
 */
export async function persist<T>(options: PersistOptions<T>): Promise<T> {
  const { stateFor, attempt, onConflict, inDoubtTimeoutMs, monotonicMs, pause, random } = options;
  const startMs = monotonicMs();
  let inDoubt: CommitInDoubtError | undefined;
  for (let tries = 0; ; tries++) {
    try {
      const result = await attempt(await stateFor(tries === 0));
      if (result !== undefined) return result;
      onConflict(inDoubt !== undefined);
      if (monotonicMs() - startMs > CONFLICT_TIMEOUT_MS) throw new SessionConflictError(CONFLICT_TIMEOUT_MS);
    } catch (error) {
      // The next read finds out whether the change was committed, as soon as the database answers.
      if (error instanceof CommitInDoubtError) inDoubt = error;
      const mayTryAgain = inDoubt && error instanceof StoreUnavailableError;
      if (!mayTryAgain) throw error;
      if (monotonicMs() - startMs > inDoubtTimeoutMs) throw inDoubt;
    }
    await pause(backoffMs(tries, CONFLICT_BACKOFF) * (0.5 + random() / 2));
  }
}
