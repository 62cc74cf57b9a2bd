import type { Log } from './log.ts';
import { pauseFor } from './pause-for.ts';
import type { VisitStore } from './visit.ts';

export interface RetentionOptions {
  purge: VisitStore['purge'];
  /** How long a row is kept, in milliseconds. */
  retentionMs: number;
  log: Log;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
  /** A number from 0 to 1. */
  random?: () => number;
  /** Waits so many milliseconds, or until the signal comes. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The removal of old rows from the access log. */
export interface Retention {
  start(): void;
  /** Ends it; a batch that is under way is waited for. */
  stop(): Promise<void>;
}

const ROUND_INTERVAL_MS = 60_000;

/** How many rows one statement looks at: so few that it is done within milliseconds. */
const BATCH_ROWS = 500;

/** How much longer than a batch the pause after it is: a replica keeps the database busy for a fifth of the time at most. */
const PAUSE_FACTOR = 4;

/**
 * Builds the removal of old rows: once a minute a round of small batches, until one finds nothing old. After each it pauses,
 * the longer the longer it took, so that a busy database is left alone. Replicas begin their rounds at random, and what they
 * remove at once adds up.
 *
 * @example
 * const retention = createRetention({ purge: store.purge, retentionMs: 86_400_000, log });
 * retention.start();
 * await retention.stop();
 */
export function createRetention({
  purge,
  retentionMs,
  log,
  nowMs = Date.now,
  monotonicMs = () => performance.now(),
  random = Math.random,
  pause = pauseFor,
}: RetentionOptions): Retention {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await pause(ROUND_INTERVAL_MS * (0.5 + random()), signal);
      await round();
    }
  }

  async function round(): Promise<void> {
    const olderThanMs = nowMs() - retentionMs;
    let rows = 0;
    while (!signal.aborted) {
      const startMs = monotonicMs();
      // The store has logged why it failed; the next round is the next try.
      const removed = await purge(olderThanMs, BATCH_ROWS).catch(() => 0);
      // Not "fewer than it looked at": a replica whose clock was ahead leaves a row that is young for long.
      if (removed === 0) break;
      rows += removed;
      await pause(PAUSE_FACTOR * (monotonicMs() - startMs), signal);
    }
    if (rows > 0) log.info({ rows, olderThan: new Date(olderThanMs).toISOString() }, 'old visits removed');
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
