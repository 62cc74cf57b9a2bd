import type { Row } from '../report.ts';
import { ratioSpread, spreadOf } from '../spread.ts';
import type { WrkResult } from '../wrk.ts';

/**
 * Returns the figures of a closed loop.
 *
 * @param base the results of the same rounds to compare with; undefined when they were not measured
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
 * Returns the percentage of requests without a successful answer; 100 when the load could not make a single request.
 *
 * @param answered number of successful answers
 * @param all number of requests
 */
export function failedPercent(answered: number, all: number): number {
  return all === 0 ? 100 : percentOf(all - answered, all);
}

/** Returns a part as a percentage of the whole; NaN if the whole is 0. */
export function percentOf(part: number, whole: number): number {
  return (100 * part) / whole;
}

/** Returns the memory of the replicas, where it is known. */
export function memoryFigure(measured: readonly { residentMb: number | undefined }[]): Row['figures'] {
  return { residentMb: spreadOf(measured.map(({ residentMb }) => residentMb ?? null)) };
}
