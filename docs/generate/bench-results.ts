import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report, Table } from '../../bench/report.ts';
import { aboutRun, suiteTable, targetsTable } from '../../bench/table.ts';

const DOCS = fileURLToPath(new URL('..', import.meta.url));

/** Returns the date of the newest published bench run, which is the name of its folder in `docs/results/`. */
function newestRun(): string {
  const dates = globSync('results/*/bench.json', { cwd: DOCS }).map((path) => basename(dirname(path)));
  return dates.sort().at(-1) as string;
}

/** Returns chart, targets and first table of the newest published bench run, as Markdown for a page of `docs/`. */
export function benchResults(): string {
  const date = newestRun();
  const report = JSON.parse(readFileSync(`${DOCS}/results/${date}/bench.json`, 'utf8')) as Report;
  return [
    `![Visits per second of Mooring and of others, compared with Mooring behind Nginx](results/${date}/bench.svg)`,
    aboutRun(report),
    targetsTable(report),
    suiteTable(report.tables[0] as Table),
    `All other tables: [results/${date}/bench.md](results/${date}/bench.md). The figures as JSON: [results/${date}/bench.json](results/${date}/bench.json).`,
  ].join('\n\n');
}
