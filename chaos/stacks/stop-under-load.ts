import { delay } from '../../app/lib/delay.ts';
import { SETTLE_MS } from '../outages.ts';

/**
 * Holds the counter's lock for this time, in which no visit is committed. Resolves when the lock is taken, or when the
 * database is down and there is no lock. `letGo` resolves when the lock is released.
 */
export type HoldCounter = (heldMs: number) => Promise<{ letGo: Promise<void> }>;

/** Shorter than replicas wait for a lock (`innodb_lock_wait_timeout`), so that none gives up on its visits. */
const HELD_MS = 1500;
/** Long enough for visits to arrive and wait, short enough that they still wait when the signal comes. */
const HELD_BEFORE_STOP_MS = 700;

/** Stops a replica while visits wait for the lock, so that it has visits left to answer. */
export async function stopUnderLoad(holdCounter: HoldCounter, stop: () => Promise<void>): Promise<void> {
  // The checkers excuse earlier requests by a fault that the replica may have had before.
  await delay(SETTLE_MS);
  const { letGo } = await holdCounter(HELD_MS);
  await delay(HELD_BEFORE_STOP_MS);
  await stop();
  await letGo;
}
