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
  /** A number from 0 to 1. */
  random?: () => number;
  /** Resolves after `ms`, or as soon as `signal` is aborted. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The removal of old rows from the access log. */
export interface Retention {
  start(): void;
  /** Stops after the batch in flight. */
  stop(): Promise<void>;
}

const ROUND_INTERVAL_MS = 60_000;

/** How many rows one statement deletes: so few that it is done within milliseconds. */
const BATCH_ROWS = 500;

/** Pause after a batch, as a multiple of its duration: a replica keeps the database busy for at most a fifth of the time. */
const PAUSE_FACTOR = 4;

/**
 * How long a row is kept whatever any clock says, because a retry of its visit may still come: longer than balancers try one
 * request. Measured by a clock that cannot be set, so a replica removes nothing within this time after its start.
 */
const RETRY_WINDOW_MS = 600_000;

/**
 * Builds the removal of old rows: about once a minute a round of small batches, until one finds nothing old. The database's
 * clock, which also dates the rows, decides what is old. After each batch it pauses, the longer the longer the batch took, so
 * that a busy database is left alone. Replicas begin their rounds at random, and what they remove adds up.
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
  /** What the counter was at the last rounds, the oldest first. */
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
      // The store has logged why it failed; the next round is the next try.
      const removed = await purge({ ageMs: retentionMs, upTo, limit: BATCH_ROWS }).catch(() => 0);
      if (removed === 0) break;
      rows += removed;
      await pause(PAUSE_FACTOR * (monotonicMs() - startMs), signal);
    }
    if (rows > 0) log.info({ rows, retentionMs }, 'old visits removed');
  }

  /** The number up to which visits were counted before the retry window; undefined when that is not known yet. */
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
