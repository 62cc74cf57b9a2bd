/** Aborts when a time has passed, unless it is let go before. */
export interface Deadline extends Disposable {
  signal: AbortSignal;
}

/** What is not done by the deadline. */
export class DeadlineError extends Error {
  override name = 'DeadlineError';
}

/**
 * Starts a deadline that costs nothing once it is let go: that of `AbortSignal.timeout` cannot be, and its timers add up.
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

/** Waits for a promise until a signal aborts, and then throws the signal's reason; what the promise waits for goes on. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    // Followed in any case: a rejection that nobody handles would end the process.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
