/**
 * Waits for a promise, but at most `ms`, which may be negative where a time limit has passed. Nothing fails when the time
 * passes, and the work behind the promise continues.
 *
 * @returns what the promise resolves with; undefined when the time has passed first
 */
export function waitAtMost<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    // Node warns about negative times.
    const timer = setTimeout(() => resolve(undefined), Math.max(0, ms));
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
