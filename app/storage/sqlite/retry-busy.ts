import { backoffMs } from '../../lib/backoff.ts';
import { startDeadline } from '../../lib/deadline.ts';
import { delay } from '../../lib/delay.ts';
import { rootCause } from '../../lib/root-cause.ts';
import { untilAborted } from '../../lib/until-aborted.ts';

export interface BusyRetryOptions {
  /**
   * Replaces the connection after a failure: the SQLite driver's connection does not recover from a lock error by itself.
   * Undefined for D1.
   */
  reconnect?: (() => Promise<void>) | undefined;
  pause?: ((ms: number) => Promise<void>) | undefined;
  /** Throws when the database file is no longer in place; called before each attempt. */
  checkFile?: (() => void) | undefined;
  /** Deadline of one attempt, for a database on the network. */
  deadlineMs?: number | undefined;
}

/**
 * Pauses between attempts to get the write lock. Another process holds the lock for the length of a commit; one that holds it
 * for three seconds, which is what all pauses take together, counts as stuck.
 */
const BUSY_BACKOFF = { firstMs: 5, lastMs: 100 };
const BUSY_RETRIES = 33;

/**
 * Returns a function that retries work while another process holds SQLite's write lock. It waits between attempts instead of
 * in the driver, whose busy timeout blocks the event loop.
 *
 * @example
 * const inTurn = createBusyRetry();
 * await inTurn(() => db.insert(table).values(row));
 */
export function createBusyRetry(options: BusyRetryOptions = {}): <T>(work: () => Promise<T>) => Promise<T> {
  const { reconnect = async () => {}, pause = delay, checkFile = () => {}, deadlineMs } = options;

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    checkFile();
    if (deadlineMs === undefined) return await work();
    using deadline = startDeadline(deadlineMs);
    return await untilAborted(work(), deadline.signal);
  }

  return async (work) => {
    for (let tries = 0; ; tries++) {
      try {
        return await attempt(work);
      } catch (error) {
        const { code } = rootCause(error) as { code?: unknown };
        // Another call replaced the connection before this one had begun to use it.
        const wasOvertaken = code === 'CLIENT_CLOSED';
        if (!wasOvertaken) await reconnect();
        if (tries === BUSY_RETRIES || !(wasOvertaken || `${code}`.startsWith('SQLITE_BUSY'))) throw error;
        await pause(backoffMs(tries, BUSY_BACKOFF));
      }
    }
  };
}
