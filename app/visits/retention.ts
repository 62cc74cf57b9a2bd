import { delay } from '../lib/delay.ts';
import type { Log } from '../lib/log.ts';
import type { VisitStore } from './visit.ts';

export interface RetentionOptions {
  purge: VisitStore['purge'];
  count: VisitStore['count'];
  /** How long a row is kept, in milliseconds. */
  retentionMs: number;
  log: Log;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
  /** Returns a number from 0 to 1. */
  random?: () => number;
  /** Resolves after `ms`, or as soon as `signal` is aborted. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Removes old rows from the access log. */
export interface Retention {
  start(): void;
  /** Stops after the current batch. */
  stop(): Promise<void>;
}

const ROUND_INTERVAL_MS = 60_000;

/** Rows per DELETE: few enough to finish within milliseconds. */
const BATCH_ROWS = 500;

/** Pause between batches, as a multiple of the batch's duration: purging takes at most a fifth of the time. */
const PAUSE_FACTOR = 4;

/**
 * Rows are kept for at least this long, whatever any clock says, because a retry of the visit may still come: it is longer
 * than balancers retry a request. It is measured by a clock that cannot be set, so a replica removes nothing within this time
 * after its start.
 */
const RETRY_WINDOW_MS = 600_000;

/**
 * Creates the removal of old rows. About once a minute it runs a round of small batches until nothing old is left. The
 * database's clock, which also dates the rows, decides what is old. The pause after a batch grows with the batch's duration,
 * so that a busy database is spared. Each replica starts its rounds at a random time; several may run at once.
 *
 * @example
 * const retention = createRetention({ purge: store.purge, count: store.count, retentionMs: 86_400_000, log });
 * retention.start();
 * await retention.stop();
 */
export function createRetention({
  purge,
  count,
  retentionMs,
  log,
  monotonicMs = () => performance.now(),
  random = Math.random,
  pause = delay,
}: RetentionOptions): Retention {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> = Promise.resolve();
  /** The counter's value at recent rounds, the oldest first. */
  const counts: { value: number; atMs: number }[] = [];

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await pause(ROUND_INTERVAL_MS * (0.5 + random()), signal);
      await round();
    }
  }

  async function round(): Promise<void> {
    const upTo = await newestRemovable();
    if (upTo === undefined) return;
    let rows = 0;
    while (!signal.aborted) {
      const startMs = monotonicMs();
      // The store has logged the failure; the next round tries again.
      const removed = await purge({ ageMs: retentionMs, upTo, limit: BATCH_ROWS }).catch(() => 0);
      if (removed === 0) break;
      rows += removed;
      await pause(PAUSE_FACTOR * (monotonicMs() - startMs), signal);
    }
    if (rows > 0) log.info({ rows, retentionMs }, 'old visits removed');
  }

  /** Returns the highest number counted before the retry window; undefined while that is not known. */
  async function newestRemovable(): Promise<number | undefined> {
    const value = await count().catch(() => undefined);
    const nowMs = monotonicMs();
    if (value !== undefined) counts.push({ value, atMs: nowMs });
    const settled = counts.findLastIndex(({ atMs }) => atMs <= nowMs - RETRY_WINDOW_MS);
    if (settled > 0) counts.splice(0, settled);
    return settled < 0 ? undefined : counts[0]?.value;
  }

  return {
    start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
