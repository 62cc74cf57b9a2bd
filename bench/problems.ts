import type { Report } from './report.ts';

export interface ProblemsOptions {
  /** Whether what is not installed is to be complained of, too. */
  needsAll: boolean;
}

/** What was to be measured and was not, a line each: a run with complaints has not ended well. */
export function problemsOf({ tables }: Report, { needsAll }: ProblemsOptions): string[] {
  return tables.flatMap(({ suite, rows }) =>
    rows.flatMap(({ name, missing, hasFailed = false }) =>
      missing !== undefined && (hasFailed || needsAll) ? [`${suite}: ${name}: ${missing}`] : [],
    ),
  );
}
