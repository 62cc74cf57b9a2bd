/**
 * How long something must have been back to count as back. Swarm replaces containers of a machine that it had given up some seconds
 * after that machine has returned.
 */
export const STEADY_MS = 10_000;

/** Creates a function that returns whether it has been called with the same value, and not with undefined, for this long. */
export function createSteady(nowMs: () => number, steadyMs: number): (value: string | undefined) => boolean {
  let latest: string | undefined;
  let sinceMs = 0;
  return (value) => {
    if (value !== latest) sinceMs = nowMs();
    latest = value;
    return value !== undefined && nowMs() - sinceMs >= steadyMs;
  };
}
