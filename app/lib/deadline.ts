/** Aborts its signal after a time, unless it is disposed before. */
export interface Deadline extends Disposable {
  signal: AbortSignal;
}

/** An operation was not finished before its deadline. */
export class DeadlineError extends Error {
  override name = 'DeadlineError';
}

/**
 * Starts a deadline whose timer ends when it is disposed: for work of several steps, and for what runs often, because the
 * timers of `AbortSignal.timeout` cannot be cleared and would pile up. A lone `fetch` needs no more than
 * `AbortSignal.timeout`. Pass the signal on, or use `untilAborted` for work that takes none.
 *
 * @param message the message of the `DeadlineError` with which the signal aborts
 * @example
 * using deadline = startDeadline(3000);
 * await fetch(url, { signal: deadline.signal });
 */
export function startDeadline(timeoutMs: number, message = `not done within ${timeoutMs} ms`): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DeadlineError(message)), timeoutMs);
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}
