import { CHECKS } from './checkers/all.ts';
import { MUTANTS, type Mutant, patchOf } from './mutants.ts';
import type { ChaosOptions } from './options.ts';
import type { Report } from './report.ts';
import { type RunWatch, runChaos } from './run.ts';
import { startStack } from './stacks/start.ts';
import { judge } from './verdict.ts';
import { prepareWorkspace } from './workspace.ts';

/** Runs the chosen stack with the chosen bug and judges the run. */
export async function runOnce(
  options: Omit<ChaosOptions, 'report'>,
  watch: RunWatch,
  signal?: AbortSignal,
): Promise<Report> {
  const { seed, durationMs, clients, kinds } = options;
  const mutant: Mutant | undefined = options.mutant && MUTANTS[options.mutant];
  const said: string[] = [];
  const workspace = await prepareWorkspace(options.mutant && patchOf(options.mutant));
  try {
    const evidence = await runChaos({
      seed,
      durationMs,
      clients,
      kinds: kinds ?? mutant?.faults,
      startStack: (notes) => startStack({ ...options, root: workspace.root, prepare: mutant?.statement, notes }),
      say: (line) => said.push(line),
      watch,
      signal,
    });
    return { evidence, findings: judge(CHECKS, evidence), said, seed };
  } finally {
    await workspace.remove();
  }
}
