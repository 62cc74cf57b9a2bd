import { CANDIDATES, COMPARED, createCandidateStarter } from '../candidates.ts';
import { type OpenLoopResult, runOpenLoop } from '../open-loop.ts';
import type { Row } from '../report.ts';
import { spreadOf } from '../spread.ts';
import { moorClients } from '../sticky-sessions.ts';
import { compare } from './compare.ts';
import { failedPercent, percentOf } from './figures.ts';
import { CONNECTIONS, type Stage, type Suite } from './suite.ts';

const RATES = [500, 2000];

/** Compares the candidates under visits that arrive by the clock. */
export const openLoop: Suite = {
  name: 'open-loop',
  title: 'Latency in an open loop',
  about:
    'Three replicas; visits become due at a fixed rate, whether or not earlier ones are answered, and latency counts from the moment a visit is due: no coordinated omission.',
  async measure(stage) {
    await using starter = createCandidateStarter(stage, { replicas: 3 });
    const rows: Row[] = [];
    for (const requestsPerSecond of RATES) {
      const compared = await compare(stage, {
        names: COMPARED,
        prepare: async (name) => prepareOpenLoop((await starter.start(name)).url, requestsPerSecond, stage),
        titleOf: (name) => `${CANDIDATES[name]}, ${requestsPerSecond}/s`,
        figuresOf: (measured) => ({ figures: openLoopFigures(measured) }),
      });
      rows.push(...compared);
    }
    return rows;
  },
};

/** Warms the candidate up. Returns a function that gives new clients their affinity and then sends visits by the clock. */
async function prepareOpenLoop(
  url: string,
  requestsPerSecond: number,
  { seconds }: Stage,
): Promise<() => Promise<OpenLoopResult>> {
  const load = async (forSeconds: number) =>
    runOpenLoop({ url, cookies: await moorClients(url, CONNECTIONS), requestsPerSecond, seconds: forSeconds });
  await load(1);
  return () => load(seconds);
}

export function openLoopFigures(results: readonly OpenLoopResult[]): Row['figures'] {
  const figure = (of: (result: OpenLoopResult) => number) => spreadOf(results.map(of));
  return {
    goodputPerSecond: figure(({ goodputPerSecond }) => goodputPerSecond),
    p50Ms: figure(({ p50Ms }) => p50Ms),
    p99Ms: figure(({ p99Ms }) => p99Ms),
    p999Ms: figure(({ p999Ms }) => p999Ms),
    failedPercent: figure(({ answered, sent }) => failedPercent(answered, sent)),
    unansweredPercent: figure(({ unanswered, sent }) => percentOf(unanswered, sent)),
    lateP99Ms: figure(({ lateP99Ms }) => lateP99Ms),
  };
}
