import type { Report } from './report.ts';
import { SUITES } from './suites/all.ts';

/** Returns the command that measures what a report contains. */
export function repeatCommand({ rounds, seconds, tables }: Report): string {
  const measured = tables.map(({ suite }) => suite);
  const isAll = SUITES.every(({ name }) => measured.includes(name));
  const suites = isAll ? '' : ` --suites ${measured.join(',')}`;
  return `npm run bench --${suites} --rounds ${rounds} --seconds ${seconds}`;
}
