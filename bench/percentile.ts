/**
 * Returns a percentile by nearest rank.
 *
 * @param sorted values in ascending order
 * @returns NaN for an empty list
 */
export function percentileOf(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
