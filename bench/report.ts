import type { Measurement, Spread } from './spread.ts';

/** What the columns of a table are called, by the figures they show. */
export const FIGURES = {
  ratio: 'against the first',
  visitsPerSecond: 'visits/s',
  goodputPerSecond: 'answered within 1 s, visits/s',
  p50Ms: 'p50, ms',
  p99Ms: 'p99, ms',
  p999Ms: 'p99.9, ms',
  failedPercent: 'failed, %',
  unansweredPercent: 'unanswered, %',
  lostPercent: 'lost, %',
  residentMb: 'memory, MB',
  lateP99Ms: 'generator delay p99, ms',
  milliseconds: 'ms',
} as const;

export type FigureName = keyof typeof FIGURES;

/** Why something was not measured. */
export interface Absence {
  missing: string;
  /** Whether it broke; otherwise something that it needs is not installed. */
  hasFailed?: boolean;
}

/** One contender and what was measured of it, over all rounds, or why it was not. */
export interface Row extends Partial<Absence> {
  name: string;
  figures: Partial<Record<FigureName, Spread | undefined>>;
  /** What ratios are made of: the same figures round by round. */
  rounds?: Partial<Record<FigureName, Measurement[]>>;
}

/** What one suite measured. */
export interface Table {
  suite: string;
  title: string;
  /** How it was measured, in a sentence or two. */
  about: string;
  rows: Row[];
}

/** What a run of the bench measured. */
export interface Report {
  /** The day of the run in UTC: `2026-11-21`. */
  date: string;
  /** What it ran on, in words. */
  machine: string;
  /** The programs that took part, each with its version. */
  programs: string[];
  rounds: number;
  seconds: number;
  tables: Table[];
}

/** A row of a table; undefined where it was not measured. */
export function rowOf({ tables }: Report, suite: string, name: string): Row | undefined {
  return tables.find((table) => table.suite === suite)?.rows.find((row) => row.name === name);
}
