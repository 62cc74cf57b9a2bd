import type { Random } from '../testkit/random.ts';

/** Probability that a client disconnects before the response. */
const ABORTS = 0.02;
const LONGEST_PATIENCE_MS = 40;

/** Returns when a client disconnects without a response; undefined when it waits for it. */
export function drawPatienceMs(random: Random): number | undefined {
  return random.chance(ABORTS) ? random.int(0, LONGEST_PATIENCE_MS) : undefined;
}
