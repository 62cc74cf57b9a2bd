/**
 * Waits for a promise, but at most `ms`. Nothing fails when the time passes, and the work behind the promise continues.
 *
 * @returns what the promise resolves with; undefined when the time has passed first
 */
export function waitAtMost<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
