import { parseOptions } from './options.ts';
import { PLANT_NAMES, PLANTS, type Plant, type PlantName } from './plants.ts';
import type { RunWatch } from './run.ts';
import { hasEngine } from './stacks/start.ts';
import { runTrial } from './trial.ts';
import { type Finding, verdict } from './verdict.ts';

// Sees whether the checker finds the bugs that are made on purpose, and no bug where none was made: on the local stack, and on
// that of Compose what only containers show. Its exit code is 1 when it does not. Arguments are names of bugs: only those.

const SEED = '1';
const MINUTES = '0.5';
const QUIET: RunWatch = { onStart() {}, onFault() {}, onProgress() {}, onLeftOver: console.error };

/** Whether the checks found what was to be found. */
function isRight(plant: Plant | undefined, findings: readonly Finding[]): boolean {
  const found = findings.filter(({ violations }) => violations.length > 0).map(({ check }) => check.name);
  return plant ? plant.foundBy.every((name) => found.includes(name)) : found.length === 0;
}

async function trial(name: PlantName | undefined): Promise<boolean> {
  const plant: Plant | undefined = name && PLANTS[name];
  if (plant?.needsCompose && !(await hasEngine())) return skipped(`${name}: there is no Docker engine`);
  const stack = plant?.needsCompose ? 'compose' : 'local';
  const flags = ['--stack', stack, '--seed', SEED, '--minutes', MINUTES, ...(name ? ['--plant', name] : [])];
  const options = parseOptions(flags, () => 0);
  if (!options) throw new Error('help was not asked for');
  const { evidence, findings } = await runTrial(options, QUIET);
  const isOk = isRight(plant, findings);
  const what = name
    ? `the bug ${name} ${isOk ? 'is found' : 'IS NOT FOUND'}`
    : `no bug, and ${isOk ? 'none' : 'ONE'} found`;
  process.stdout.write(`${isOk ? 'ok    ' : 'FAILED'}  ${what}\n`);
  if (!isOk) process.stdout.write(`${verdict(findings, evidence)}\n`);
  return isOk;
}

/** Where everything is to be there it is a failure. */
function skipped(what: string): boolean {
  process.stdout.write(`skipped ${what}\n`);
  return process.env.CI === undefined;
}

const asked = process.argv.slice(2);
const names = [undefined, ...PLANT_NAMES].filter((name) => asked.length === 0 || (name && asked.includes(name)));
const outcomes: boolean[] = [];
for (const name of names) outcomes.push(await trial(name));
process.exit(outcomes.every(Boolean) ? 0 : 1);
