import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CandidateName } from '../../bench/candidates.ts';
import type { Report, Table } from '../../bench/report.ts';
import { aboutRun, short, suiteTable, targetsTable } from '../../bench/table.ts';
import { ratioOf } from '../../bench/targets.ts';

const DOCS = fileURLToPath(new URL('..', import.meta.url));

/** Returns the date of the newest published bench run, which is the name of its folder in `docs/results/`. */
function newestRun(): string {
  const dates = globSync('results/*/bench.json', { cwd: DOCS }).map((path) => basename(dirname(path)));
  return dates.sort().at(-1) as string;
}

function readRun(date: string): Report {
  return JSON.parse(readFileSync(`${DOCS}/results/${date}/bench.json`, 'utf8')) as Report;
}

/** Returns the chart as Markdown. @param folder the path from the page to `docs/results` */
function chart(folder: string, date: string): string {
  return `![Visits per second of Mooring and of others, compared with Mooring behind Nginx](${folder}/${date}/bench.svg)`;
}

/** Returns what a reader of the README wants to know of the newest published bench run, and the chart. */
export function benchSummary(): string {
  const date = newestRun();
  const report = readRun(date);
  const times = (name: CandidateName) => short(ratioOf(report, 'mooring', name) ?? Number.NaN);
  return [
    `Behind Nginx, Mooring answers ${times('flaskTuned')} times as many visits as tuned Flask with gunicorn on the same database, and ${times('transactionEach')} times as many as with a transaction for each visit ([benchmarks](docs/benchmarks.md), ${date}).`,
    chart('docs/results', date),
  ].join('\n\n');
}

/** Returns chart, targets and first table of the newest published bench run, as Markdown for a page of `docs/`. */
export function benchResults(): string {
  const date = newestRun();
  const report = readRun(date);
  return [
    chart('results', date),
    aboutRun(report),
    targetsTable(report),
    suiteTable(report.tables[0] as Table),
    `All other tables: [results/${date}/bench.md](results/${date}/bench.md). The figures as JSON: [results/${date}/bench.json](results/${date}/bench.json).`,
  ].join('\n\n');
}
