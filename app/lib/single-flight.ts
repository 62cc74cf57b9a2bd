/**
 * Coalesces concurrent calls: callers that arrive during a call share the next one, so that any number of concurrent callers
 * cause one query at a time. No caller gets a result of a call that began before its own; where an older one will do, use
 * `cachedRead`. Not for Workers, where a request must not await I/O that another request started.
 */
export function singleFlight<T>(run: () => Promise<T>): () => Promise<T> {
  let inFlight: Promise<T> | undefined;
  let next: Promise<T> | undefined;

  function start(): Promise<T> {
    const call = run().finally(() => {
      if (inFlight === call) inFlight = undefined;
    });
    inFlight = call;
    return call;
  }

  return () => {
    if (!inFlight) return start();
    next ??= inFlight
      .catch(() => {})
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
}
