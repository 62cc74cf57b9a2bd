import { randomInt } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruptSignal } from '../cli/interrupt-signal.ts';
import { runMain } from '../cli/run-main.ts';
import { MUTANTS } from './mutants.ts';
import { parseOptions, USAGE } from './options.ts';
import { createProgress } from './progress.ts';
import { writeReport } from './report.ts';
import { runOnce } from './run-once.ts';
import { verdict } from './verdict.ts';

const write = (text: string) => process.stdout.write(text);

async function main(args: string[]): Promise<void> {
  const options = parseOptions(args, () => randomInt(2 ** 32));
  const { seed, durationMs, mutant, report: reportFile } = options;
  write(`seed ${seed}${mutant ? `, with a bug: ${MUTANTS[mutant].about}` : ''}\n`);
  const isTerminal = process.stdout.isTTY === true;
  const signal = interruptSignal('interrupted; nothing was checked');
  const report = await runOnce(options, createProgress({ durationMs, isTerminal, write }), signal);
  const isSound = report.findings.every(({ violations }) => violations.length === 0);
  write(`\n${verdict(report.findings, report.evidence)}\n\n`);
  const path = reportFile ?? (isSound ? undefined : await temporaryFile());
  if (path !== undefined) {
    await writeReport(path, report);
    write(`The history is in ${path}.\n`);
  }
  write(isSound ? `No violation. Seed ${seed}.\n` : `Violated. For the same schedule: --seed ${seed}\n`);
  process.exitCode = isSound ? 0 : 1;
}

async function temporaryFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'mooring-chaos-')), 'history.jsonl');
}

await runMain({ name: 'mooring chaos', usage: USAGE, main });
