/**
 * Coalesces concurrent calls: callers that arrive during a call share the next one, so that any number of concurrent callers
 * cause one query at a time. No caller gets a result of a call that began before its own; where an older one will do, use
 * `cachedRead`. Not for Workers, where a request must not await I/O that another request started.
 */
export function singleFlight<T>(run: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  let following: Promise<T> | undefined;

  function start(): Promise<T> {
    const call = run().finally(() => {
      if (underWay === call) underWay = undefined;
    });
    underWay = call;
    return call;
  }

  return () => {
    if (!underWay) return start();
    following ??= underWay
      .catch(() => {})
      .then(() => {
        following = undefined;
        return start();
      });
    return following;
  };
}
