import { CANDIDATES, type CandidateName, COMPARED, createCandidateStarter } from '../candidates.ts';
import type { Row } from '../report.ts';
import { makeEach } from '../skipped.ts';
import type { WrkResult } from '../wrk.ts';
import { closedLoopFigures } from './figures.ts';
import { CONNECTIONS, inRounds, prepareLoad, type Suite } from './suite.ts';

const COUNTS = [1, 8, 512];

/** Compares the candidates with few and with many connections. */
export const connections: Suite = {
  name: 'connections',
  title: 'From one connection to many',
  about: `Three replicas in a closed loop with one client per connection; ${CONNECTIONS} connections are in *Side by side*. Each number is compared with the ceiling at the same number.`,
  async measure(stage) {
    await using starter = createCandidateStarter(stage, { replicas: 3 });
    const rows: Row[] = [];
    for (const count of COUNTS) {
      const prepare = async (name: CandidateName) => prepareLoad((await starter.start(name)).url, stage, count);
      const { made: loads, absent } = await makeEach(COMPARED, prepare, stage.say);
      const results: Partial<Record<CandidateName, WrkResult[]>> = await inRounds(stage, loads);
      for (const name of COMPARED) {
        const measured = results[name];
        const figures = measured ? closedLoopFigures(measured, results.ceiling) : { figures: {} };
        rows.push({ name: `${CANDIDATES[name]}, ${count}`, ...figures, ...absent[name] });
      }
    }
    return rows;
  },
};
