import type { Row } from '../report.ts';
import { ratioSpread, spreadOf } from '../spread.ts';
import type { WrkResult } from '../wrk.ts';

/**
 * What a closed loop measured, as figures.
 *
 * @param base what it is compared with, of the same rounds; undefined where that was not measured
 */
export function closedLoopFigures(
  results: readonly WrkResult[],
  base: readonly WrkResult[] | undefined,
): Required<Pick<Row, 'figures' | 'rounds'>> {
  const rates = (of: readonly WrkResult[]) => of.map(({ answeredPerSecond }) => answeredPerSecond);
  const p99Ms = results.map((result) => result.p99Ms);
  return {
    figures: {
      ratio: base && ratioSpread(rates(results), rates(base)),
      visitsPerSecond: spreadOf(rates(results)),
      p50Ms: spreadOf(results.map(({ p50Ms }) => p50Ms)),
      p99Ms: spreadOf(p99Ms),
      failedPercent: spreadOf(results.map(({ answered, failures }) => failedPercent(answered, answered + failures))),
    },
    rounds: { visitsPerSecond: rates(results), p99Ms },
  };
}

/**
 * How many requests were not answered with success, in percent; all of them where a load could not make a single one.
 *
 * @param answered those that were
 * @param all those that were made
 */
export function failedPercent(answered: number, all: number): number {
  return all === 0 ? 100 : percentOf(all - answered, all);
}

/** A part of a whole, in percent; NaN of nothing. */
export function percentOf(part: number, whole: number): number {
  return (100 * part) / whole;
}

/** The memory of replicas, where it is known. */
export function memoryFigure(measured: readonly { residentMb: number | undefined }[]): Row['figures'] {
  return { residentMb: spreadOf(measured.map(({ residentMb }) => residentMb ?? null)) };
}
