import { CANDIDATES, type CandidateName, COMPARED, createCandidateStarter } from '../candidates.ts';
import type { Row } from '../report.ts';
import { compare } from './compare.ts';
import { closedLoopFigures } from './figures.ts';
import { CONNECTIONS, prepareLoad, type Suite } from './suite.ts';

const COUNTS = [1, 8, 512];

/** Returns the name of a candidate's row. */
export function rowAt(name: CandidateName, connections: number): string {
  return `${CANDIDATES[name]}, ${connections}`;
}

/** Compares the candidates with few and with many connections. */
export const connections: Suite = {
  name: 'connections',
  title: 'From one connection to many',
  about: `Three replicas in a closed loop with one client per connection; ${CONNECTIONS} connections are in *Side by side*. Each number is compared with the ceiling at the same number.`,
  async measure(stage) {
    await using starter = createCandidateStarter(stage, { replicas: 3 });
    const rows: Row[] = [];
    for (const count of COUNTS) {
      const compared = await compare(stage, {
        names: COMPARED,
        prepare: async (name) => prepareLoad((await starter.start(name)).url, stage, count),
        titleOf: (name) => rowAt(name, count),
        figuresOf: closedLoopFigures,
      });
      rows.push(...compared);
    }
    return rows;
  },
};
