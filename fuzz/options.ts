import { integer, oneOf } from '../app/lib/text-format.ts';
import { createCommandLine } from '../cli/command-line.ts';
import { flag } from '../cli/flags.ts';
import { TARGET_NAMES, type TargetName } from './targets.ts';

export interface FuzzOptions {
  /** Number of inputs, shared by all targets. */
  inputs: number;
  seed: number;
  from: number;
  concurrency: number;
  targets: readonly TargetName[];
}

const commandLine = createCommandLine({
  command: 'npm run fuzz --',
  about: `Sends hostile input over raw sockets and checks the results. Exits with 1 when an invariant is broken.
Each client has its own address in 127.0.0.0/8, which Linux allows.`,
  flags: {
    inputs: flag(integer({ min: 1 }), {
      placeholder: 'N',
      about: 'number of inputs, shared by the targets',
      default: 18_000,
    }),
    seed: flag(integer({ min: 0 }), {
      placeholder: 'S',
      about: 'seed of the inputs; the same seed repeats them',
      defaultText: 'random',
    }),
    target: flag(oneOf([...TARGET_NAMES, 'all']), {
      placeholder: 'T',
      about: 'origin, worker, nginx, http2 (Nginx in HTTP/2), or all that are available',
      default: 'all',
    }),
    from: flag(integer({ min: 0 }), { placeholder: 'N', about: 'the number of the first input', default: 0 }),
    concurrency: flag(integer({ min: 1 }), {
      placeholder: 'N',
      about: 'how many connections at once',
      default: 64,
    }),
  },
});

export const USAGE = commandLine.usage;

/** @throws {UsageError} naming the wrong flag */
export function parseFuzzOptions(args: string[]): FuzzOptions {
  const { inputs, seed, target, from, concurrency } = commandLine.parse(args).flags;
  return {
    inputs,
    seed: seed ?? Math.floor(Math.random() * 1_000_000),
    from,
    concurrency,
    targets: target === 'all' ? TARGET_NAMES : [target],
  };
}
