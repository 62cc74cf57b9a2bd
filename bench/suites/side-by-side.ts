import { CANDIDATES, type Candidate, type CandidateName, createCandidateStarter } from '../candidates.ts';
import { readCounter } from '../counter.ts';
import { withPeakMemory } from '../peak-memory.ts';
import { type ProcessorTime, processorTimeFigures, watchProcessorTime } from '../processor-time.ts';
import type { Row } from '../report.ts';
import { spreadOf } from '../spread.ts';
import type { WrkResult } from '../wrk.ts';
import { compare } from './compare.ts';
import { closedLoopFigures, memoryFigure, percentOf } from './figures.ts';
import { CONNECTIONS, prepareLoad, type Stage, type Suite } from './suite.ts';

const REPLICAS = 3;

interface Measured extends WrkResult {
  /** Visits that were answered but not counted; undefined without a store. */
  lost: number | undefined;
  residentMb: number | undefined;
  processorTime: ProcessorTime;
}

/** Compares all candidates under the load that the targets are defined for. */
export const sideBySide: Suite = {
  name: 'side-by-side',
  title: 'Side by side',
  about: `${REPLICAS} replicas, ${CONNECTIONS} connections in a closed loop, as many clients that send back their cookies. Balancers stand before the same replicas; all that is kept is kept in the same database server, except in the row of MariaDB. Memory is the most that the largest replica had.`,
  async measure(stage) {
    await using starter = createCandidateStarter(stage, { replicas: REPLICAS });
    return await compare(stage, {
      names: Object.keys(CANDIDATES) as CandidateName[],
      prepare: async (name) => prepare(await starter.start(name), stage),
      titleOf: (name) => CANDIDATES[name],
      figuresOf(measured, base) {
        const { figures, rounds } = closedLoopFigures(measured, base);
        const times = processorTimeFigures(measured.map(({ processorTime }) => processorTime)).figures;
        return { figures: { ...figures, ...ownFigures(measured), ...times }, rounds };
      },
    });
  },
};

async function prepare(candidate: Candidate, stage: Stage): Promise<() => Promise<Measured>> {
  const { url, databaseUrl, pids } = candidate;
  const load = await prepareLoad(url, stage);
  const count = async () => (databaseUrl === undefined ? undefined : readCounter(databaseUrl));
  return async () => {
    // Look the processes up once: repeated lookups would take time from the measured programs.
    const known = pids();
    const { atStart, ...result } = await withPeakMemory(
      () => known,
      () => load(async () => ({ before: await count(), endWatch: await watchProcessorTime(candidate) })),
    );
    const { before, endWatch } = atStart;
    const processorTime = await endWatch(result.answered + result.failures);
    const after = await count();
    // A visit in flight at the end of the load may be counted without being answered. So the real loss may be larger
    // than this, but never smaller.
    const lost =
      before === undefined || after === undefined ? undefined : Math.max(0, result.answered - (after - before));
    return { ...result, lost, processorTime };
  };
}

/** Figures that only candidates with a known value show. */
function ownFigures(measured: readonly Measured[]): Row['figures'] {
  const lost = measured.map((result) => (result.lost === undefined ? null : percentOf(result.lost, result.answered)));
  return { lostPercent: spreadOf(lost), ...memoryFigure(measured) };
}
