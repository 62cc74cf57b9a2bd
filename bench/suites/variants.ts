import { type CandidateName, createCandidateStarter, type StarterOptions } from '../candidates.ts';
import type { Row } from '../report.ts';
import { compare } from './compare.ts';
import { closedLoopFigures } from './figures.ts';
import { prepareLoad, type Stage } from './suite.ts';

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
  return await compare(stage, {
    names: Object.keys(variants),
    async prepare(name) {
      const starter = closing.use(createCandidateStarter(stage, variants[name] as StarterOptions));
      return prepareLoad((await starter.start(candidate)).url, stage);
    },
    titleOf: (name) => name,
    figuresOf: closedLoopFigures,
  });
}
