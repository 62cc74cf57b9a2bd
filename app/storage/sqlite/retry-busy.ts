import { startDeadline, untilAborted } from '../../lib/deadline.ts';
import { delay } from '../../lib/delay.ts';
import { rootCause } from '../../lib/root-cause.ts';

export interface BusyRetryOptions {
  /** Makes the connection anew after a failure, where there is one: SQLite's does not come out of a refused lock by itself. */
  reconnect?: (() => Promise<void>) | undefined;
  pause?: ((ms: number) => Promise<void>) | undefined;
  /** Throws when the database's file is no longer in place; called before each try. */
  checkFile?: (() => void) | undefined;
  /** How long one try may take, for a database that is reached by network. */
  deadlineMs?: number | undefined;
}

/**
 * Pauses between tries to get the write lock, in milliseconds. Another process holds it for the length of a commit; one that
 * holds it for three seconds is taken for stuck.
 */
const BUSY_PAUSES_MS = [5, 10, 20, 50, ...Array<number>(29).fill(100)];

/**
 * Creates a function that repeats a write while another process holds SQLite's write lock. It waits between attempts instead
 * of in the driver, whose busy timeout blocks the event loop.
 *
 * @example
 * const inTurn = createWriteTurn();
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
        // Another call made the connection anew under this one, before it had begun.
        const wasOvertaken = code === 'CLIENT_CLOSED';
        if (!wasOvertaken) await reconnect();
        const pauseMs = BUSY_PAUSES_MS[tries];
        if (pauseMs === undefined || !(wasOvertaken || `${code}`.startsWith('SQLITE_BUSY'))) throw error;
        await pause(pauseMs);
      }
    }
  };
}
