import { CANDIDATES, type Candidate, createCandidateStarter } from '../candidates.ts';
import { type OpenLoopResult, runOpenLoop } from '../open-loop.ts';
import { withPeakMemory } from '../peak-memory.ts';
import type { Row } from '../report.ts';
import { makeEach } from '../skipped.ts';
import { ratioSpread } from '../spread.ts';
import { moorClients } from '../sticky-sessions.ts';
import { memoryFigure } from './figures.ts';
import { openLoopFigures } from './open-loop.ts';
import { CONNECTIONS, inRounds, type Suite } from './suite.ts';

/** Each step offers this many times the previous rate, until the candidate cannot keep up. */
const STEP = 1.25;
const FIRST_RATE = 1000;
const LAST_RATE = 200_000;
/** Share of the offered visits that must be answered in time for the candidate to keep up. */
const KEEPS_UP = 0.98;
/** Fixed, whatever `--seconds` says: long enough for a queue to reach its full length. */
const SECONDS = 10;
const STEP_SECONDS = 3;

const VARIANTS = ['peak', 'twice'] as const;

/** Sends visits at a fixed rate to one of the variants. */
type Load = (requestsPerSecond: number, seconds: number) => Promise<OpenLoopResult>;

interface Measured extends OpenLoopResult {
  residentMb: number | undefined;
}

/** Measures how many visits are still answered when twice as many as possible arrive. */
export const overload: Suite = {
  name: 'overload',
  title: 'Twice as much as it can do',
  about: `Mooring behind Nginx, three replicas, an open loop of ${SECONDS} s whatever \`--seconds\` is: the highest rate of visits that are answered within a second of being due, and how many still are at twice that rate. The doubled load goes to separate replicas, because a process returns little of its memory. Memory is the peak of the largest replica.`,
  async measure(stage) {
    await using closing = new AsyncDisposableStack();
    const start = () => closing.use(createCandidateStarter(stage, { replicas: 3 })).start('mooring');
    const { made, absent } = await makeEach(VARIANTS, start, stage.say);
    if (!made.peak || !made.twice) return [{ name: CANDIDATES.mooring, figures: {}, ...absent.peak, ...absent.twice }];
    const { peak, twice } = made;

    // The search exceeds the capacity, so it must not use the replicas that are never overloaded.
    const capacity = await findCapacity(loadOf(twice), stage.signal);
    await loadOf(peak)(FIRST_RATE, 1);
    const measureAt = (candidate: Candidate, rate: number) => (): Promise<Measured> =>
      withPeakMemory(candidate.pids, () => loadOf(candidate)(rate, SECONDS));
    const results = await inRounds(stage, { peak: measureAt(peak, capacity), twice: measureAt(twice, 2 * capacity) });
    const goodput = (of: readonly Measured[]) => of.map(({ goodputPerSecond }) => goodputPerSecond);
    const row = (name: string, measured: readonly Measured[]): Row => ({
      name,
      figures: {
        ratio: ratioSpread(goodput(measured), goodput(results.peak)),
        ...openLoopFigures(measured),
        ...memoryFigure(measured),
      },
    });
    return [row('as much as it can do', results.peak), row('twice as much', results.twice)];
  },
};

function loadOf({ url }: Candidate): Load {
  return async (requestsPerSecond, seconds) =>
    runOpenLoop({ url, cookies: await moorClients(url, CONNECTIONS), requestsPerSecond, seconds });
}

/** Returns the highest rate that the candidate keeps up with, in visits per second. */
async function findCapacity(load: Load, signal: AbortSignal): Promise<number> {
  let capacity = FIRST_RATE;
  for (let rate = FIRST_RATE; rate < LAST_RATE && (await keepsUp(load, rate)); rate = Math.round(rate * STEP)) {
    signal.throwIfAborted();
    capacity = rate;
  }
  return capacity;
}

/** A rate gets a second try, because a disturbance of the machine may spoil the first one. */
async function keepsUp(load: Load, rate: number): Promise<boolean> {
  for (let triesLeft = 2; triesLeft > 0; triesLeft--) {
    const { goodputPerSecond } = await load(rate, STEP_SECONDS);
    if (goodputPerSecond >= KEEPS_UP * rate) return true;
  }
  return false;
}
