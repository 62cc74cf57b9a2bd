import { delay } from '../../app/lib/delay.ts';
import { SETTLE_MS } from '../outages.ts';

/**
 * Takes the counter's lock for so long, in which no visit is committed. Resolves when it is had, or when the database is away:
 * then nobody is held. `letGo` resolves when it is over.
 */
export type HoldCounter = (heldMs: number) => Promise<{ letGo: Promise<void> }>;

/** Less than replicas wait for a lock (`innodb_lock_wait_timeout`), so that none gives up on its visits. */
const HELD_MS = 1500;
/** Long enough for visits to come that are held, and short enough for the signal to find them so. */
const HELD_BEFORE_STOP_MS = 700;

/** Stops a replica while visits are held: it has some that it must answer yet. */
export async function stopUnderLoad(holdCounter: HoldCounter, stop: () => Promise<void>): Promise<void> {
  // What is sent sooner is excused by what the replica may have suffered before.
  await delay(SETTLE_MS);
  const { letGo } = await holdCounter(HELD_MS);
  await delay(HELD_BEFORE_STOP_MS);
  await stop();
  await letGo;
}
