import { cpuSeconds } from '../../testkit/processes/cpu-time.ts';
import { CANDIDATES, type Candidate, type CandidateName, createCandidateStarter } from '../candidates.ts';
import type { Row } from '../report.ts';
import { makeEach } from '../skipped.ts';
import { spreadOf } from '../spread.ts';
import type { WrkResult } from '../wrk.ts';
import { closedLoopFigures } from './figures.ts';
import { CONNECTIONS, inRounds, prepareLoad, type Stage, type Suite } from './suite.ts';

const NAMES = ['forwarder', 'workerCeiling'] as const satisfies readonly CandidateName[];

interface Measured extends WrkResult {
  /** Processor time of the worker's process for each request; null where it is not known. */
  cpuMicroseconds: number | null;
}

/** Compares the edge worker with one that only forwards, and with nothing else that could disturb them. */
export const edge: Suite = {
  name: 'edge',
  title: 'The edge worker',
  about: `3 replicas with the store off, ${CONNECTIONS} connections in a closed loop, as many clients that send back their cookies. Both workers run in the same runtime with the same settings. Throughput depends on what else the machine does; processor time does less.`,
  async measure(stage) {
    await using starter = createCandidateStarter(stage, { replicas: 3 });
    const prepareNamed = async (name: CandidateName) => prepare(await starter.start(name), stage);
    const { made: measures, absent } = await makeEach(NAMES, prepareNamed, stage.say);
    const results = await inRounds(stage, measures);
    return NAMES.map((name): Row => {
      const measured = results[name];
      if (!measured) return { name: CANDIDATES[name], figures: {}, ...absent[name] };
      const { figures, rounds } = closedLoopFigures(measured, results.forwarder);
      const cpu = measured.map(({ cpuMicroseconds }) => cpuMicroseconds);
      return {
        name: CANDIDATES[name],
        figures: { ...figures, cpuMicroseconds: spreadOf(cpu) },
        rounds: { ...rounds, cpuMicroseconds: cpu },
      };
    });
  },
};

async function prepare({ url, frontPid }: Candidate, stage: Stage): Promise<() => Promise<Measured>> {
  const load = await prepareLoad(url, stage);
  const cpu = async () => (frontPid === undefined ? undefined : cpuSeconds(frontPid));
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
