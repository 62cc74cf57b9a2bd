import { interruptSignal } from '../cli/interrupt-signal.ts';
import { runMain } from '../cli/run-main.ts';
import { hasImage } from '../testkit/docker/image.ts';
import { NGINX_IMAGE } from '../testkit/fronts/nginx.ts';
import { findProgram } from '../testkit/processes/command.ts';
import { startDatabase } from './database.ts';
import { describeMachine, describePrograms } from './machine.ts';
import { type BenchOptions, parseOptions, USAGE } from './options.ts';
import { problemsOf } from './problems.ts';
import type { Report, Table } from './report.ts';
import { rowsOrSkipped } from './skipped.ts';
import type { Stage } from './suites/suite.ts';
import { reportInMarkdown } from './table.ts';
import { writeReport } from './write-report.ts';
import { WrkMissingError } from './wrk.ts';

async function main(args: string[]): Promise<void> {
  const options = parseOptions(args);
  const signal = interruptSignal('interrupted; nothing was written');
  const report = rounded(await measure(options, signal));
  if (options.out !== undefined) await writeReport(report, options.out);
  process.stdout.write(`\n${reportInMarkdown(report)}\n`);
  const problems = problemsOf(report, { needsAll: Boolean(process.env.CI) });
  for (const problem of problems) say(`not measured: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function measure({ suites, rounds, seconds, databaseUrl }: BenchOptions, signal: AbortSignal): Promise<Report> {
  if ((await findProgram('wrk')) === undefined) throw new WrkMissingError();
  const database = await startDatabase(databaseUrl, say);
  try {
    const programs = await describePrograms(database.description);
    const machine = describeMachine();
    const hasDocker = await hasImage(NGINX_IMAGE, { pull: true });
    const tables: Table[] = [];
    for (const { name: suite, title, about, measure: measureSuite } of suites) {
      const beginMs = performance.now();
      const onMeasure: Stage['onMeasure'] = (name, round) => say(`${suite}, round ${round} of ${rounds}: ${name}`);
      say(`${suite}: starting the candidates`);
      const stage = { database, rounds, seconds, signal, hasDocker, onMeasure, say };
      const rows = await rowsOrSkipped(title, () => measureSuite(stage), say);
      say(`${suite}: done in ${((performance.now() - beginMs) / 1000).toFixed(0)} s`);
      tables.push({ suite, title, about, rows });
    }
    return {
      date: new Date().toISOString().slice(0, 10),
      machine,
      programs,
      rounds,
      seconds,
      tables,
    };
  } finally {
    database.stop();
  }
}

/** Rounds all numbers to six digits; more would be noise. All files are made from these numbers. */
function rounded(report: Report): Report {
  const round = (_key: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value);
  return JSON.parse(JSON.stringify(report, round)) as Report;
}

await runMain({ name: 'mooring bench', usage: USAGE, main });
