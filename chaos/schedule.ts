import { createRandom, type Random } from '../testkit/random.ts';
import { FAULTS, type FaultKind, type FaultTraits, type PlannedFault } from './fault.ts';

export interface ScheduleOptions {
  seed: number;
  durationMs: number;
  /** What the stack can do. */
  kinds: readonly FaultKind[];
}

/** Before the first fault clients get their moorings, and after the last one it is seen that all is well again. */
const CALM_MS = 3000;
/** Of how many parts a length and an order are made. */
const FINENESS = 1_000_000;
const SHORTEST_GAP_MS = 1000;
const LONGEST_GAP_MS = 4000;

/**
 * Plans the faults of a run, by the seed alone; the last ones do not come when those before them take longer than planned.
 * Within a lane each kind comes once before one comes again, so that even a short run has most of them; two lanes run beside
 * each other, so that faults of two kinds meet.
 */
export function createSchedule({ seed, durationMs, kinds }: ScheduleOptions): PlannedFault[] {
  const lanes = (['replicas', 'surroundings'] as const).map((lane, index) =>
    planLane(
      createRandom(seed, index),
      durationMs,
      kinds.filter((kind) => FAULTS[kind].lane === lane),
    ),
  );
  return lanes.flat().sort((a, b) => a.atMs - b.atMs);
}

function planLane(random: Random, durationMs: number, kinds: readonly FaultKind[]): PlannedFault[] {
  const plan: PlannedFault[] = [];
  let bag: FaultKind[] = [];
  let atMs = CALM_MS + random.int(0, SHORTEST_GAP_MS);
  while (kinds.length > 0) {
    if (bag.length === 0) bag = shuffle(kinds, random);
    const kind = bag.pop() as FaultKind;
    const { shortestMs, longestMs }: FaultTraits = FAULTS[kind];
    // Mostly short ones: there are more of them in the same time.
    const lengthMs = Math.round(shortestMs + (longestMs - shortestMs) * (random.int(0, FINENESS) / FINENESS) ** 2);
    if (atMs + lengthMs + CALM_MS > durationMs) return plan;
    plan.push({ kind, atMs, lengthMs, choice: random.int(0, 0xffff) });
    atMs += lengthMs + random.int(SHORTEST_GAP_MS, LONGEST_GAP_MS);
  }
  return plan;
}

function shuffle<T>(things: readonly T[], random: Random): T[] {
  const keyed = things.map((thing) => ({ thing, key: random.int(0, FINENESS) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ thing }) => thing);
}
