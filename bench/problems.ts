import type { Report } from './report.ts';

export interface ProblemsOptions {
  /** Whether programs that are not installed are problems, too. */
  needsAll: boolean;
}

/** Returns one line for each measurement that is missing. A run with problems fails. */
export function problemsOf({ tables }: Report, { needsAll }: ProblemsOptions): string[] {
  return tables.flatMap(({ suite, rows }) =>
    rows.flatMap(({ name, missing, hasFailed = false }) =>
      missing !== undefined && (hasFailed || needsAll) ? [`${suite}: ${name}: ${missing}`] : [],
    ),
  );
}
