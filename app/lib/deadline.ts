/** Aborts its signal after a time, unless it is disposed before. */
export interface Deadline extends Disposable {
  signal: AbortSignal;
}

/** An operation was not finished before its deadline. */
export class DeadlineError extends Error {
  override name = 'DeadlineError';
}

/**
 * Starts a deadline whose timer ends when it is disposed. The timers of `AbortSignal.timeout` cannot be cleared, so they
 * would pile up.
 *
 * @example
 * using deadline = startDeadline(3000);
 * await fetch(url, { signal: deadline.signal });
 */
export function startDeadline(timeoutMs: number): Deadline {
  const controller = new AbortController();
  const abort = () => controller.abort(new DeadlineError(`not done within ${timeoutMs} ms`));
  const timer = setTimeout(abort, timeoutMs);
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}
