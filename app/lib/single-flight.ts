/**
 * Lets callers that come while a call is under way share the one that follows it, so that however many ask at once, one
 * asks the database. None is given an answer that was begun before it asked.
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
