import { createRandom, type Random } from '../testkit/random.ts';
import { FAULTS, type FaultKind, type FaultTraits, type PlannedFault } from './fault.ts';

export interface ScheduleOptions {
  seed: number;
  durationMs: number;
  /** The kinds of faults that the stack supports. */
  kinds: readonly FaultKind[];
}

/**
 * Before the first fault, clients get their affinity. After the last one, the checkers see whether everything works
 * again.
 */
const CALM_MS = 3000;
/** Resolution of random lengths and orders. */
const FINENESS = 1_000_000;
const SHORTEST_GAP_MS = 1000;
const LONGEST_GAP_MS = 4000;

/**
 * Plans the faults of a run from the seed alone. The last ones are skipped when earlier ones take longer than planned.
 * Within a lane each kind comes once before any comes again, so that even a short run has most kinds. Two lanes run in
 * parallel, so that faults of two kinds overlap.
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
    // Prefer short faults, because more of them fit into the run.
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
