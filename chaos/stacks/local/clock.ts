import { readFileSync } from 'node:fs';

// Loaded into a replica with `--import`. Steps the process's wall clock by the milliseconds in the file
// CHAOS_CLOCK_FILE, which SIGUSR2 makes it read again. The monotonic clock stays as it is, as in a real step.

const RealDate = Date;
let stepMs = 0;

function readStep(): void {
  stepMs = Number(readFileSync(process.env.CHAOS_CLOCK_FILE as string, 'utf8'));
}

class SteppedDate extends RealDate {
  constructor(...args: unknown[]) {
    super(...((args.length === 0 ? [SteppedDate.now()] : args) as [number]));
  }

  static override now(): number {
    return RealDate.now() + stepMs;
  }
}

readStep();
globalThis.Date = SteppedDate as DateConstructor;
process.on('SIGUSR2', readStep);

/**
 * Timers of at least `LONG_MS` run this many times sooner: work that is due about once a minute, such as the removal of
 * old visits, is then done every few seconds.
 */
const LONG_MS = 20_000;
const TIMES_SOONER = 20;
const realSetTimeout = globalThis.setTimeout;

globalThis.setTimeout = ((run: () => void, ms?: number, ...args: []) =>
  realSetTimeout(run, ms !== undefined && ms >= LONG_MS ? ms / TIMES_SOONER : ms, ...args)) as typeof setTimeout;
