import { type CandidateName, createCandidateStarter, type StarterOptions } from '../candidates.ts';
import type { Row } from '../report.ts';
import { makeEach } from '../skipped.ts';
import { closedLoopFigures } from './figures.ts';
import { inRounds, prepareLoad, type Stage } from './suite.ts';

/**
 * Compares a candidate with itself under other options. All variants run at the same time; the first one is the
 * baseline.
 */
export async function compareVariants(
  variants: Record<string, StarterOptions>,
  stage: Stage,
  candidate: CandidateName = 'mooring',
): Promise<Row[]> {
  await using closing = new AsyncDisposableStack();
  const names = Object.keys(variants);
  const prepare = async (name: string) => {
    const starter = closing.use(createCandidateStarter(stage, variants[name] as StarterOptions));
    return prepareLoad((await starter.start(candidate)).url, stage);
  };
  const { made: loads, absent } = await makeEach(names, prepare, stage.say);
  const results = await inRounds(stage, loads);
  const base = results[names[0] as string];
  return names.map((name) => {
    const measured = results[name];
    return measured ? { name, ...closedLoopFigures(measured, base) } : { name, figures: {}, ...absent[name] };
  });
}
