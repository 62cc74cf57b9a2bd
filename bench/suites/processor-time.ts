import { cpuSeconds } from '../../testkit/processes/cpu-time.ts';
import { CANDIDATES, type Candidate, type CandidateName, createCandidateStarter } from '../candidates.ts';
import { spreadOf } from '../spread.ts';
import type { WrkResult } from '../wrk.ts';
import { compare } from './compare.ts';
import { closedLoopFigures } from './figures.ts';
import { prepareLoad, type Stage, type Suite } from './suite.ts';

interface Measured extends WrkResult {
  /** Processor time of the processes for each request; null where it is not known. */
  cpuMicroseconds: number | null;
}

export interface ProcessorTimeOptions extends Omit<Suite, 'measure'> {
  /** What is compared. The first one is the baseline. */
  names: readonly CandidateName[];
  replicas: number;
  /** Returns the ids of the processes whose time counts. */
  processesOf: (candidate: Candidate) => number[];
}

/** Creates a suite that compares processor time. Throughput depends on what else the machine does; processor time does less. */
export function createProcessorTimeSuite(options: ProcessorTimeOptions): Suite {
  const { names, replicas, processesOf, ...described } = options;

  async function prepare(candidate: Candidate, stage: Stage): Promise<() => Promise<Measured>> {
    const load = await prepareLoad(candidate.url, stage);
    const cpu = () => cpuOf(processesOf(candidate));
    return async () => {
      let before: number | undefined;
      const result = await load(async () => {
        before = await cpu();
      });
      const after = await cpu();
      const seconds = before === undefined || after === undefined ? undefined : after - before;
      const requests = result.answered + result.failures;
      return { ...result, cpuMicroseconds: seconds === undefined ? null : (1e6 * seconds) / requests };
    };
  }

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
          const cpu = measured.map(({ cpuMicroseconds }) => cpuMicroseconds);
          return {
            figures: { ...figures, cpuMicroseconds: spreadOf(cpu) },
            rounds: { ...rounds, cpuMicroseconds: cpu },
          };
        },
      });
    },
  };
}

/** Returns the time of all the processes, in seconds; undefined when the time of one is not known. */
async function cpuOf(pids: readonly number[]): Promise<number | undefined> {
  const times = await Promise.all(pids.map(cpuSeconds));
  if (times.length === 0 || times.includes(undefined)) return undefined;
  return times.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0);
}
