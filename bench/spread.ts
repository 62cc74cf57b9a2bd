/** Median, minimum and maximum of measurements. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** A measurement of one round. Without a result it is not finite, or null, as JSON writes such numbers. */
export type Measurement = number | null;

/**
 * Summarises measurements.
 *
 * @returns undefined when none is a finite number
 */
export function spreadOf(values: readonly Measurement[]): Spread | undefined {
  const sorted = values.filter((value): value is number => Number.isFinite(value)).toSorted((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = (sorted.length - 1) / 2;
  const at = (index: number) => sorted[index] as number;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) };
}

/**
 * Summarises the ratio of two measurements, taken round by round, so that disturbances of the machine affect both.
 *
 * @returns undefined when no round has both measurements and a base other than 0
 */
export function ratioSpread(values: readonly Measurement[], bases: readonly Measurement[]): Spread | undefined {
  return spreadOf(values.map((value, round) => ratio(value, bases[round] ?? null)));
}

function ratio(value: Measurement, base: Measurement): Measurement {
  return value === null || base === null ? null : value / base;
}
