import { parseFlags, wrongFlag } from '../cli/parse-flags.ts';
import { TARGET_NAMES, type TargetName } from './targets.ts';

export interface FuzzOptions {
  /** Number of inputs, shared by all targets. */
  inputs: number;
  seed: number;
  from: number;
  concurrency: number;
  targets: readonly TargetName[];
}

export const USAGE = `Usage: npm run fuzz -- [--inputs N] [--seed S] [--target T] [--from N] [--concurrency N]

Sends hostile input over raw sockets and checks what comes of it; ends with exit code 1 when something does that must not.
It tells clients apart by their addresses in 127.0.0.0/8, which Linux lets them have.

Options:
  --inputs N       how many, shared by the targets (default 18000)
  --seed S         what they are made from; the same one makes the same inputs (default: another each time)
  --target T       origin, worker, nginx, http2 (Nginx in HTTP/2), or all that are there (default all)
  --from N         the number of the first input (default 0)
  --concurrency N  how many connections at once (default 64)
  --help           show this
`;

const OPTIONS = {
  inputs: { type: 'string', default: '18000' },
  seed: { type: 'string' },
  target: { type: 'string', default: 'all' },
  from: { type: 'string', default: '0' },
  concurrency: { type: 'string', default: '64' },
} as const;

/** @throws {UsageError} naming the wrong flag */
export function parseFuzzOptions(args: string[]): FuzzOptions {
  const values = parseFlags(args, OPTIONS, USAGE);
  const { target } = values;
  const targets = target === 'all' ? TARGET_NAMES : TARGET_NAMES.filter((name) => name === target);
  if (targets.length === 0) throw wrongFlag('--target', `${TARGET_NAMES.join(', ')} or all`, target, USAGE);
  return {
    inputs: wholeNumber('--inputs', values.inputs, 1),
    seed: values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : wholeNumber('--seed', values.seed, 0),
    from: wholeNumber('--from', values.from, 0),
    concurrency: wholeNumber('--concurrency', values.concurrency, 1),
    targets,
  };
}

function wholeNumber(flag: string, value: string, min: number): number {
  if (/^\d{1,9}$/.test(value) && Number(value) >= min) return Number(value);
  throw wrongFlag(flag, `a whole number from ${min}`, value, USAGE);
}
