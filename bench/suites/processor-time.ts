import { CANDIDATES, type Candidate, type CandidateName, createCandidateStarter } from '../candidates.ts';
import { type ProcessorTime, processorTimeFigures, watchProcessorTime } from '../processor-time.ts';
import type { WrkResult } from '../wrk.ts';
import { compare } from './compare.ts';
import { closedLoopFigures } from './figures.ts';
import { prepareLoad, type Stage, type Suite } from './suite.ts';

interface Measured extends WrkResult {
  processorTime: ProcessorTime;
}

export interface ProcessorTimeOptions extends Omit<Suite, 'measure'> {
  /** What is compared. The first one is the baseline. */
  names: readonly CandidateName[];
  replicas: number;
}

/** Creates a suite that compares processor time. Throughput depends on what else the machine does; processor time does less. */
export function createProcessorTimeSuite(options: ProcessorTimeOptions): Suite {
  const { names, replicas, ...described } = options;
  return {
    ...described,
    async measure(stage) {
      await using starter = createCandidateStarter(stage, { replicas });
      return await compare(stage, {
        names,
        prepare: async (name) => prepare(await starter.start(name), stage),
        titleOf: (name) => CANDIDATES[name],
        figuresOf(measured, base) {
          const { figures, rounds } = closedLoopFigures(measured, base);
          const times = processorTimeFigures(measured.map(({ processorTime }) => processorTime));
          return { figures: { ...figures, ...times.figures }, rounds: { ...rounds, ...times.rounds } };
        },
      });
    },
  };
}

async function prepare(candidate: Candidate, stage: Stage): Promise<() => Promise<Measured>> {
  const load = await prepareLoad(candidate.url, stage);
  return async () => {
    const { atStart: endWatch, ...result } = await load(() => watchProcessorTime(candidate));
    return { ...result, processorTime: await endWatch(result.answered + result.failures) };
  };
}
