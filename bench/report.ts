import type { Measurement, Spread } from './spread.ts';

/** The titles of the columns, by the figures they show. */
export const FIGURES = {
  ratio: 'against the first',
  visitsPerSecond: 'visits/s',
  requestsPerSecond: 'requests/s',
  goodputPerSecond: 'answered within 1 s, visits/s',
  p50Ms: 'p50, ms',
  p99Ms: 'p99, ms',
  p999Ms: 'p99.9, ms',
  failedPercent: 'failed, %',
  unansweredPercent: 'unanswered, %',
  lostPercent: 'lost, %',
  residentMb: 'memory, MB',
  replicaMicroseconds: 'CPU of the replicas, µs/request',
  frontMicroseconds: 'of the balancer',
  databaseMicroseconds: 'of the database',
  lateP99Ms: 'generator delay p99, ms',
  milliseconds: 'ms',
} as const;

export type FigureName = keyof typeof FIGURES;

/** Why something was not measured. */
export interface Absence {
  missing: string;
  /** Whether it failed. Otherwise something that it needs is not installed. */
  hasFailed?: boolean;
}

/** A candidate with its measurements over all rounds, or the reason why there are none. */
export interface Row extends Partial<Absence> {
  name: string;
  figures: Partial<Record<FigureName, Spread | undefined>>;
  /** The figures by round, for ratios. */
  rounds?: Partial<Record<FigureName, Measurement[]>>;
}

/** The results of one suite. */
export interface Table {
  suite: string;
  title: string;
  /** How it was measured, in a sentence or two. */
  about: string;
  rows: Row[];
}

export interface Report {
  /** The day of the run in UTC, as `2026-11-21`. */
  date: string;
  machine: string;
  /** The programs that took part, with their versions. */
  programs: string[];
  rounds: number;
  seconds: number;
  tables: Table[];
}

/** Returns a row of a table; undefined when it was not measured. */
export function rowOf({ tables }: Report, suite: string, name: string): Row | undefined {
  return tables.find((table) => table.suite === suite)?.rows.find((row) => row.name === name);
}
