/** Middle, least and most of some measurements. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** What was measured in a round; null, as JSON has it, or no finite number, where there was nothing to measure. */
export type Measurement = number | null;

/**
 * Sums up measurements.
 *
 * @returns undefined where there is none that is a finite number
 */
export function spreadOf(values: readonly Measurement[]): Spread | undefined {
  const sorted = values.filter((value): value is number => Number.isFinite(value)).toSorted((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = (sorted.length - 1) / 2;
  const at = (index: number) => sorted[index] as number;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) };
}

/**
 * How much one thing was of another in each round: what the machine did meanwhile met both.
 *
 * @returns undefined where there is no round in which both were measured and the other was not 0
 */
export function ratioSpread(values: readonly Measurement[], bases: readonly Measurement[]): Spread | undefined {
  return spreadOf(values.map((value, round) => ratio(value, bases[round] ?? null)));
}

function ratio(value: Measurement, base: Measurement): Measurement {
  return value === null || base === null ? null : value / base;
}
