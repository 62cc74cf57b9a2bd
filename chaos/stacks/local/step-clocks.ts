import { writeFile } from 'node:fs/promises';
import type { LocalProcess } from './process.ts';

/** Longer than the retention in a run, which is an hour. */
export const CLOCK_STEPS_BEYOND_RETENTION_SECONDS = [3700, 7200, 31 * 24 * 3600] as const;
/** Share of a step's time in which the clocks are ahead. In the rest they are behind by the same amount. */
export const AHEAD_SHARE = 0.7;

/** A request with this header steps the clock of an edge that was started for a run. */
export const CLOCK_HEADER = 'X-Chaos-Clock';

/** The exports, as the bundler writes them: the default one and others. Only comments follow. */
const EXPORTS = /^export \{\s*(\w+) as default(?:,([^}]*))?\s*\};?$/m;

/**
 * Adds code to a worker's script: a request with {@link CLOCK_HEADER} steps its wall clock by that number of
 * milliseconds. The runtime's `performance.now()` is the same clock.
 *
 * @throws when the script has no default export
 */
export function withSteppedClock(script: string): string {
  const [, name, others = ''] = script.match(EXPORTS) ?? [];
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
${script.replace(EXPORTS, `export {${others}};`)}
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

/** The wall clock of a Node process. */
export interface StepClock {
  /** Environment variables to start the process with. */
  env: Record<string, string>;
  /** Sets the clock to the real time plus `ms`. A process that is started later begins with that offset. */
  step(process: Pick<LocalProcess, 'signal'>, ms: number): Promise<void>;
}

/** Creates a clock that shows the real time. */
export async function createStepClock(root: URL, file: string): Promise<StepClock> {
  await writeFile(file, '0');
  return {
    env: { NODE_OPTIONS: `--import=${new URL('chaos/stacks/local/clock.ts', root)}`, CHAOS_CLOCK_FILE: file },
    async step(process, ms) {
      await writeFile(file, `${ms}`);
      process.signal('SIGUSR2');
    },
  };
}

/** Steps the clock inside the runtime. An edge that does not answer is not running, so it has no clock to step. */
export async function stepEdgeClock(url: string, ms: number): Promise<void> {
  await fetch(url, { headers: { [CLOCK_HEADER]: `${ms}` }, signal: AbortSignal.timeout(EDGE_TIMEOUT_MS) }).then(
    (answer) => answer.text(),
    () => {},
  );
}

const EDGE_TIMEOUT_MS = 2000;
