/**
 * A percentile by nearest rank.
 *
 * @param sorted from the least to the greatest
 * @returns NaN of nothing
 */
export function percentileOf(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
