import { runMain } from '../cli/run-main.ts';
import { MUTANTS, type Mutant, type MutantName } from './mutants.ts';
import { parseOptions } from './options.ts';
import type { RunWatch } from './run.ts';
import { runOnce } from './run-once.ts';
import { parseTrials, USAGE } from './self-test-options.ts';
import { hasEngine } from './stacks/start.ts';
import { type Finding, verdict } from './verdict.ts';

const SEED = '1';
const MINUTES = 0.5;
const QUIET: RunWatch = { onStart() {}, onFault() {}, onProgress() {}, onLeftOver: console.error };

/** Whether the checkers found what they had to find. */
function isRight(mutant: Mutant | undefined, findings: readonly Finding[]): boolean {
  const found = findings.filter(({ violations }) => violations.length > 0).map(({ check }) => check.name);
  return mutant ? mutant.foundBy.every((name) => found.includes(name)) : found.length === 0;
}

async function trial(name: MutantName | undefined): Promise<boolean> {
  const mutant: Mutant | undefined = name && MUTANTS[name];
  if (mutant?.needsCompose && !(await hasEngine())) return skipped(`${name}: there is no Docker engine`);
  const stack = mutant?.needsCompose ? 'compose' : 'local';
  const minutes = `${mutant?.minutes ?? MINUTES}`;
  const flags = ['--stack', stack, '--seed', SEED, '--minutes', minutes, ...(name ? ['--mutate', name] : [])];
  const options = parseOptions(flags, () => 0);
  const { evidence, findings } = await runOnce(options, QUIET);
  const isOk = isRight(mutant, findings);
  const what = name
    ? `the bug ${name} ${isOk ? 'is found' : 'IS NOT FOUND'}`
    : `no bug, and ${isOk ? 'none' : 'ONE'} found`;
  process.stdout.write(`${isOk ? 'ok    ' : 'FAILED'}  ${what}\n`);
  if (!isOk) process.stdout.write(`${verdict(findings, evidence)}\n`);
  return isOk;
}

/** With CI set nothing may be skipped, so it counts as a failure. */
function skipped(what: string): boolean {
  process.stdout.write(`skipped ${what}\n`);
  return process.env.CI === undefined;
}

async function main(args: string[]): Promise<void> {
  const outcomes: boolean[] = [];
  for (const name of parseTrials(args)) outcomes.push(await trial(name));
  process.exit(outcomes.every(Boolean) ? 0 : 1);
}

await runMain({ name: 'mooring chaos:self-test', usage: USAGE, main });
