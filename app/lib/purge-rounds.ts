import { type BackgroundLoop, createBackgroundLoop } from './background-loop.ts';
import { delay } from './delay.ts';

export interface PurgeRoundsOptions {
  /**
   * Begins a round. Returns what removes one batch and resolves with the number of rows removed; undefined when there is
   * nothing to remove now.
   */
  beginRound: () => Promise<((limit: number) => Promise<number>) | undefined>;
  /** Called after a round that removed rows. */
  onRemoved: (rows: number) => void;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: (() => number) | undefined;
  /** Returns a number from 0 to 1. */
  random?: (() => number) | undefined;
  /** Resolves after `ms`, or as soon as `signal` is aborted. */
  pause?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

const ROUND_INTERVAL_MS = 60_000;

/** Rows per DELETE: few enough to finish within milliseconds. */
const BATCH_ROWS = 500;

/** Pause between batches, as a multiple of the batch's duration: purging takes at most a fifth of the time. */
const PAUSE_FACTOR = 4;

/**
 * Creates the removal of rows in rounds. About once a minute it removes small batches until nothing is left. The pause after
 * a batch grows with the batch's duration, so that a busy database is spared. Each replica starts its rounds at a random
 * time; several may run at once. A stop waits for the current batch.
 */
export function createPurgeRounds(options: PurgeRoundsOptions): BackgroundLoop {
  const { beginRound, onRemoved, monotonicMs = () => performance.now(), random = Math.random, pause = delay } = options;

  async function round(signal: AbortSignal): Promise<void> {
    const removeBatch = await beginRound();
    if (removeBatch === undefined) return;
    let rows = 0;
    while (!signal.aborted) {
      const startMs = monotonicMs();
      // The store has logged the failure; the next round tries again.
      const removed = await removeBatch(BATCH_ROWS).catch(() => 0);
      if (removed === 0) break;
      rows += removed;
      await pause(PAUSE_FACTOR * (monotonicMs() - startMs), signal);
    }
    if (rows > 0) onRemoved(rows);
  }

  return createBackgroundLoop(async (signal) => {
    await pause(ROUND_INTERVAL_MS * (0.5 + random()), signal);
    await round(signal);
  });
}
