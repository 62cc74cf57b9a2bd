import { runProgram } from '../origin/node/refusal.ts';
import { hasImage } from '../tests/support/docker-image.ts';
import { NGINX_IMAGE } from '../tests/support/fronts-nginx.ts';
import { type FuzzOptions, parseFuzzOptions, USAGE } from './options.ts';
import { type Report, type RunOptions, replay, runFuzz } from './run.ts';
import { startTarget, type TargetName } from './targets.ts';

/** Of inputs that all show the same. */
const SHOWN_OF_A_RULE = 3;

await runProgram('fuzz', main);

async function main(): Promise<void> {
  const options = parseFuzzOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(USAGE);
    return;
  }
  const names = await reachable(options.targets);
  const share = Math.ceil(options.inputs / names.length);
  let violations = 0;
  for (const name of names) violations += await fuzz(name, { ...options, inputs: share });
  process.exit(violations === 0 ? 0 : 1);
}

async function reachable(names: readonly TargetName[]): Promise<TargetName[]> {
  const isCi = process.env.CI !== undefined;
  if (!names.includes('nginx') || (await hasImage(NGINX_IMAGE, { pull: isCi }))) return [...names];
  if (isCi || names.length === 1) throw new Error(`There is no Docker here that has ${NGINX_IMAGE}.`);
  say('nginx: left out, there is no Docker here that has its image');
  return names.filter((name) => name !== 'nginx');
}

async function fuzz(name: TargetName, { seed, from, inputs, concurrency }: FuzzOptions): Promise<number> {
  const target = await startTarget(name);
  const startedMs = Date.now();
  const onProgress = (done: number) => {
    if (done % 5000 < 500) say(`${name}: ${done} of ${inputs} in ${Math.round((Date.now() - startedMs) / 1000)} s`);
  };
  try {
    const run = { target, seed, from, inputs, concurrency, onProgress };
    const report = await runFuzz(run);
    tell(run, report);
    if (process.env.CI !== undefined && !report.growth) throw new Error('It could not be told whether memory grows.');
    return report.violations.length;
  } finally {
    await target.close();
  }
}

function tell(run: RunOptions, { inputs, statuses, requests, visits, growth, slowest, violations }: Report): void {
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
  const histogram = Object.entries(statuses).map(([status, times]) => `${status}: ${times}`);
  say(`${run.target.name}: seed ${run.seed}, ${inputs} inputs; ${histogram.join(', ')}`);
  say(`  ${requests} requests reached replicas, ${visits} visits were made and counted`);
  say(`  the slowest input was ${slowest.index}, ${Math.round(slowest.ms)} ms`);
  if (growth) say(`  memory: ${megabytes(growth.early)} early, ${megabytes(growth.late)} late`);
  else say('  memory: too few inputs to tell, or processes of another user');
  for (const [rule, alike] of Object.entries(Object.groupBy(violations, ({ rule }) => rule))) {
    say(`  WRONG, ${alike?.length} times: ${rule}`);
    for (const { index } of alike?.slice(0, SHOWN_OF_A_RULE) ?? []) if (index !== undefined) say(replay(run, index));
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
