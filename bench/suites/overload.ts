import { CANDIDATES, type Candidate, createCandidateStarter } from '../candidates.ts';
import { InterruptedError } from '../interleave.ts';
import { type OpenLoopResult, runOpenLoop } from '../open-loop.ts';
import { withPeakMemory } from '../peak-memory.ts';
import type { Row } from '../report.ts';
import { makeEach } from '../skipped.ts';
import { ratioSpread } from '../spread.ts';
import { moorClients } from '../sticky-sessions.ts';
import { memoryFigure } from './figures.ts';
import { openLoopFigures } from './open-loop.ts';
import { CONNECTIONS, inRounds, type Suite } from './suite.ts';

/** Each step offers so much more than the one before, until what is answered no longer keeps up. */
const STEP = 1.25;
const FIRST_RATE = 1000;
const LAST_RATE = 200_000;
/** Of what is offered, so much has to be answered in time for the step to be within the capacity. */
const KEEPS_UP = 0.98;
/** Whatever `--seconds` says: long enough for a queue to grow as long as it may. */
const SECONDS = 10;
const STEP_SECONDS = 3;

const VARIANTS = ['peak', 'twice'] as const;

/** Visits by the clock to one of the variants. */
type Load = (requestsPerSecond: number, seconds: number) => Promise<OpenLoopResult>;

interface Measured extends OpenLoopResult {
  residentMb: number | undefined;
}

/** What becomes of what can be answered when twice as much is asked. */
export const overload: Suite = {
  name: 'overload',
  title: 'Twice as much as it can do',
  about: `Mooring behind Nginx, three replicas, an open loop of ${SECONDS} s whatever \`--seconds\` says: the most visits a second that are answered within a second of when they were due, and how many still are when twice as many come. These go to replicas of their own, since memory that a process once had it hardly gives back. Memory is the most that the largest replica had.`,
  async measure(stage) {
    await using closing = new AsyncDisposableStack();
    const start = () => closing.use(createCandidateStarter(stage, { replicas: 3 })).start('mooring');
    const { made, absent } = await makeEach(VARIANTS, start, stage.say);
    if (!made.peak || !made.twice) return [{ name: CANDIDATES.mooring, figures: {}, ...absent.peak, ...absent.twice }];
    const { peak, twice } = made;

    // The search ends with more than the capacity, so it is not for the replicas that are never to have that.
    const capacity = await findCapacity(loadOf(twice), stage.signal);
    await loadOf(peak)(FIRST_RATE, 1);
    const measureAt = (contender: Candidate, rate: number) => (): Promise<Measured> =>
      withPeakMemory(contender.pids, () => loadOf(contender)(rate, SECONDS));
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

/** The highest rate that is still kept up with, in visits per second. */
async function findCapacity(load: Load, signal: AbortSignal): Promise<number> {
  let capacity = FIRST_RATE;
  for (let rate = FIRST_RATE; rate < LAST_RATE && (await keepsUp(load, rate)); rate = Math.round(rate * STEP)) {
    if (signal.aborted) throw new InterruptedError();
    capacity = rate;
  }
  return capacity;
}

/** What the machine does meanwhile may make it miss a rate once. */
async function keepsUp(load: Load, rate: number): Promise<boolean> {
  for (let triesLeft = 2; triesLeft > 0; triesLeft--) {
    const { goodputPerSecond } = await load(rate, STEP_SECONDS);
    if (goodputPerSecond >= KEEPS_UP * rate) return true;
  }
  return false;
}
