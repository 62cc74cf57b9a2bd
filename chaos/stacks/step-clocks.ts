import { writeFile } from 'node:fs/promises';
import type { LocalProcess } from './local-process.ts';

/** Beyond the retention of a run, which is an hour. */
export const CLOCK_STEPS_BEYOND_RETENTION_SECONDS = [3700, 7200, 31 * 24 * 3600] as const;
/** Of the time of a step: so much of it the clocks are ahead, and then they are as much behind. */
export const AHEAD_SHARE = 0.7;

/** The header of a request that steps the clock of an edge that was started for a run. */
export const CLOCK_HEADER = 'X-Chaos-Clock';

/** As the bundler writes it; what follows are comments. */
const EXPORT = /^export \{\s*(\w+) as default\s*\};?$/m;

/**
 * Adds to the script of a worker that a request with {@link CLOCK_HEADER} steps the wall clock it sees by so many milliseconds.
 * The runtime's `performance.now()` is the same clock.
 *
 * @throws when the script has no default export
 */
export function withSteppedClock(script: string): string {
  const name = script.match(EXPORT)?.[1];
  if (name === undefined) throw new Error("the worker's script has no default export");
  return `let chaosStepMs = 0;
{
  const RealDate = Date;
  globalThis.Date = class Date extends RealDate {
    constructor(...args) {
      super(...(args.length === 0 ? [Date.now()] : args));
    }
    static now() {
      return RealDate.now() + chaosStepMs;
    }
  };
  performance.now = () => globalThis.Date.now();
}
${script.replace(EXPORT, '')}
export default {
  async fetch(request, ...rest) {
    const step = request.headers.get('${CLOCK_HEADER}');
    if (step === null) return ${name}.fetch(request, ...rest);
    chaosStepMs = Number(step);
    return new Response('stepped');
  },
};
`;
}

/** The wall clock of a process of Node. */
export interface StepClock {
  /** What the process is to be started with. */
  env: Record<string, string>;
  /** Steps it by so many milliseconds from the real time; one that is started later begins with that step. */
  step(process: Pick<LocalProcess, 'signal'>, ms: number): Promise<void>;
}

/** Builds a clock that is right so far. */
export async function createStepClock(root: URL, file: string): Promise<StepClock> {
  await writeFile(file, '0');
  return {
    env: { NODE_OPTIONS: `--import=${new URL('chaos/stacks/clock.ts', root)}`, CHAOS_CLOCK_FILE: file },
    async step(process, ms) {
      await writeFile(file, `${ms}`);
      process.signal('SIGUSR2');
    },
  };
}

/** Steps the clock inside the runtime; an edge that does not answer has none. */
export async function stepEdgeClock(url: string, ms: number): Promise<void> {
  await fetch(url, { headers: { [CLOCK_HEADER]: `${ms}` }, signal: AbortSignal.timeout(EDGE_TIMEOUT_MS) }).then(
    (answer) => answer.text(),
    () => {},
  );
}

const EDGE_TIMEOUT_MS = 2000;
