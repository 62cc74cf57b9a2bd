import { runMain } from '../cli/run-main.ts';
import { hasImage } from '../testkit/docker/image.ts';
import { NGINX_IMAGE } from '../testkit/fronts/nginx.ts';
import { CROWDS, CROWDS_HTTP2 } from './crowd.ts';
import { type FuzzOptions, parseFuzzOptions, USAGE } from './options.ts';
import { type Report, type RunOptions, replay, runFuzz } from './run.ts';
import { startTarget, type Target, type TargetName } from './targets.ts';
import { megabytes, withstand } from './withstand.ts';

/** Number of examples shown for each violated rule. */
const SHOWN_OF_A_RULE = 3;

await runMain({ name: 'mooring fuzz', usage: USAGE, main });

async function main(args: string[]): Promise<void> {
  const options = parseFuzzOptions(args);
  const names = await reachable(options.targets);
  const share = Math.ceil(options.inputs / names.length);
  let violations = 0;
  for (const name of names) violations += await fuzz(name, { ...options, inputs: share });
  process.exit(violations === 0 ? 0 : 1);
}

async function reachable(names: readonly TargetName[]): Promise<TargetName[]> {
  const isCi = process.env.CI !== undefined;
  const ofNginx: readonly TargetName[] = ['nginx', 'http2'];
  const others = names.filter((name) => !ofNginx.includes(name));
  if (others.length === names.length || (await hasImage(NGINX_IMAGE, { pull: isCi }))) return [...names];
  if (isCi || others.length === 0) throw new Error(`No Docker engine here has ${NGINX_IMAGE}.`);
  say('nginx, http2: skipped, because no Docker engine here has the image');
  return others;
}

async function fuzz(name: TargetName, { seed, from, inputs, concurrency }: FuzzOptions): Promise<number> {
  const target = await startTarget(name);
  const startedMs = Date.now();
  const onProgress = (done: number) => {
    if (done % 5000 < 500) say(`${name}: ${done} of ${inputs} in ${Math.round((Date.now() - startedMs) / 1000)} s`);
  };
  try {
    const withstood = await withstandAll(target);
    const run = { target, seed, from, inputs, concurrency, onProgress };
    const report = await runFuzz(run);
    tell(run, report);
    if (process.env.CI !== undefined && !report.growth) throw new Error('Not enough data to see whether memory grows.');
    return withstood + report.violations.length;
  } finally {
    await target.close();
  }
}

/** @returns the number of violations */
async function withstandAll({ name, port, contained }: Target): Promise<number> {
  const isHttp2 = name === 'http2';
  let violations = 0;
  for (const crowd of isHttp2 ? CROWDS_HTTP2 : CROWDS) {
    const withstood = await withstand({ port, isHttp2, crowd, contained });
    const peaks = withstood.peaks.map(({ name: of, bytes }) => `${of} ${megabytes(bytes)}`).join(', ');
    say(`${name}: ${crowd.connections} connections with ${crowd.name}; at most ${peaks}`);
    for (const rule of withstood.violations) say(`  WRONG: ${rule}`);
    violations += withstood.violations.length;
  }
  return violations;
}

function tell(run: RunOptions, { inputs, statuses, requests, visits, growth, slowest, violations }: Report): void {
  const histogram = Object.entries(statuses).map(([status, times]) => `${status}: ${times}`);
  say(`${run.target.name}: seed ${run.seed}, ${inputs} inputs; ${histogram.join(', ')}`);
  say(`  ${requests} requests reached replicas, ${visits} visits were made and counted`);
  say(`  the slowest input was ${slowest.index}, ${Math.round(slowest.ms)} ms`);
  if (growth) say(`  memory: ${megabytes(growth.early)} early, ${megabytes(growth.late)} late`);
  else say('  memory: unknown: too few inputs, or processes of another user');
  for (const [rule, alike] of Object.entries(Object.groupBy(violations, ({ rule }) => rule))) {
    say(`  WRONG, ${alike?.length} times: ${rule}`);
    for (const { index } of alike?.slice(0, SHOWN_OF_A_RULE) ?? []) if (index !== undefined) say(replay(run, index));
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
