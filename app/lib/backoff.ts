export interface Backoff {
  firstMs: number;
  lastMs: number;
}

/**
 * Returns the pause after a failed attempt, in milliseconds: it doubles with each attempt, up to `lastMs`.
 *
 * @param attempt 0 for the first one
 */
export function backoffMs(attempt: number, { firstMs, lastMs }: Backoff): number {
  return Math.min(firstMs * 2 ** attempt, lastMs);
}
