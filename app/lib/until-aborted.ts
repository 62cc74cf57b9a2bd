/**
 * Waits for a promise until the signal aborts, for work that takes no signal itself. The work behind the promise continues.
 * Where passing a time limit is no failure, use `waitAtMost`.
 *
 * @throws the signal's reason, when it aborts first
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    // Handle the promise in any case: an unhandled rejection would end the process.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
