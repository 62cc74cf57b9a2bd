import { cpuSecondsOf } from '../testkit/processes/cpu-time.ts';
import type { Candidate } from './candidates.ts';
import type { FigureName, Row } from './report.ts';
import { type Measurement, spreadOf } from './spread.ts';

/** Processor time for each request, in microseconds; null where it is not known. */
export interface ProcessorTime {
  replicas: Measurement;
  front: Measurement;
  database: Measurement;
}

const FIGURES: Record<keyof ProcessorTime, FigureName> = {
  replicas: 'replicaMicroseconds',
  front: 'frontMicroseconds',
  database: 'databaseMicroseconds',
};

/**
 * Begins to measure the processor time of a candidate's programs.
 *
 * @returns a function that ends it
 */
export async function watchProcessorTime(
  candidate: Pick<Candidate, 'pids' | 'frontPids' | 'databasePids'>,
): Promise<(requests: number) => Promise<ProcessorTime>> {
  // Look the processes up once: repeated lookups would take time from them.
  const pids = { replicas: candidate.pids(), front: candidate.frontPids(), database: candidate.databasePids() };
  const read = async () => ({
    replicas: await cpuSecondsOf(pids.replicas),
    front: await cpuSecondsOf(pids.front),
    database: await cpuSecondsOf(pids.database),
  });
  const before = await read();
  return async (requests) => {
    const after = await read();
    const microseconds = (of: keyof ProcessorTime): Measurement =>
      before[of] === undefined || after[of] === undefined ? null : (1e6 * (after[of] - before[of])) / requests;
    return { replicas: microseconds('replicas'), front: microseconds('front'), database: microseconds('database') };
  };
}

/** Returns the figures of the programs whose time is known. */
export function processorTimeFigures(measured: readonly ProcessorTime[]): Required<Pick<Row, 'figures' | 'rounds'>> {
  const figures: Row['figures'] = {};
  const rounds: Row['rounds'] = {};
  for (const [program, figure] of Object.entries(FIGURES) as [keyof ProcessorTime, FigureName][]) {
    const times = measured.map((time) => time[program]);
    figures[figure] = spreadOf(times);
    rounds[figure] = times;
  }
  return { figures, rounds };
}
