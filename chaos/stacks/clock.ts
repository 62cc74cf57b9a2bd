import { readFileSync } from 'node:fs';

// Loaded before a replica (`--import`): steps the wall clock it sees by the milliseconds in the file CHAOS_CLOCK_FILE, which
// SIGUSR2 makes it read again. What measures time by the other clock is not touched, as it is not by a real step.

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
