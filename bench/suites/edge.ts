import { CANDIDATES, type CandidateName, createCandidateStarter } from '../candidates.ts';
import type { Row } from '../report.ts';
import { makeEach } from '../skipped.ts';
import { closedLoopFigures } from './figures.ts';
import { CONNECTIONS, inRounds, prepareLoad, type Suite } from './suite.ts';

const NAMES = ['forwarder', 'workerCeiling'] as const satisfies readonly CandidateName[];

/** Compares the edge worker with one that only forwards, and with nothing else that could disturb them. */
export const edge: Suite = {
  name: 'edge',
  title: 'The edge worker',
  about: `3 replicas with the store off, ${CONNECTIONS} connections in a closed loop, as many clients that send back their cookies. Both workers run in the same runtime with the same settings.`,
  async measure(stage) {
    await using starter = createCandidateStarter(stage, { replicas: 3 });
    const prepare = async (name: CandidateName) => prepareLoad((await starter.start(name)).url, stage);
    const { made: loads, absent } = await makeEach(NAMES, prepare, stage.say);
    const results = await inRounds(stage, loads);
    return NAMES.map((name): Row => {
      const measured = results[name];
      if (!measured) return { name: CANDIDATES[name], figures: {}, ...absent[name] };
      return { name: CANDIDATES[name], ...closedLoopFigures(measured, results.forwarder) };
    });
  },
};
