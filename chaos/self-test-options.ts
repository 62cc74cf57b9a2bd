import { integer, oneOf } from '../app/lib/text-format.ts';
import { createCommandLine } from '../cli/command-line.ts';
import { flag } from '../cli/flags.ts';
import { MUTANT_NAMES, type MutantName } from './mutants.ts';

const commandLine = createCommandLine({
  command: 'npm run chaos:self-test --',
  about: `Makes each bug on purpose, on the local stack, or on the Compose stack if the bug shows only in containers. Fails with exit code 1
unless the checkers find every bug, and find nothing in a run without a bug. With names of bugs, makes only these.`,
  flags: {
    sample: flag(integer({ min: 1, max: MUTANT_NAMES.length }), {
      placeholder: 'N',
      about: 'only N of the bugs, different ones each day (UTC)',
    }),
  },
  names: { placeholder: 'BUG', format: oneOf(MUTANT_NAMES) },
  more: `Bugs:\n${MUTANT_NAMES.map((name) => `  ${name}`).join('\n')}`,
});

export const USAGE = commandLine.usage;

const DAY_MS = 86_400_000;

/**
 * Parses the command line of the self-test.
 *
 * @returns what to run, in order; undefined is a run without a bug
 * @throws {UsageError} naming the argument that is wrong
 */
export function parseTrials(args: string[], nowMs: number = Date.now()): (MutantName | undefined)[] {
  const { flags, names } = commandLine.parse(args);
  if (names.length > 0) return names;
  const { sample: count } = flags;
  if (count === undefined) return [undefined, ...MUTANT_NAMES];
  const first = Math.floor(nowMs / DAY_MS) * count;
  const nth = (index: number) => MUTANT_NAMES[(first + index) % MUTANT_NAMES.length] as MutantName;
  return [undefined, ...Array.from({ length: count }, (_, index) => nth(index))];
}
