import { parseFlagsAndNames, wrongFlag } from '../cli/parse-flags.ts';
import { UsageError } from '../cli/run-main.ts';
import { MUTANT_NAMES, type MutantName } from './mutants.ts';

export const USAGE = `Usage: npm run chaos:self-test -- [--sample N] [BUG…]

Makes each bug on purpose, on the local stack or, where only containers show it, on that of Compose, and fails unless the checks
find it, and find nothing in a run without a bug. The exit code is then 1. With names of bugs, only these.

Options:
  --sample N  only N of the bugs, the next ones each day (UTC)
  --help      show this

Bugs:
${MUTANT_NAMES.map((name) => `  ${name}`).join('\n')}
`;

const DAY_MS = 86_400_000;

/**
 * Parses the command line of the self-test.
 *
 * @returns what to run, in order; undefined is a run without a bug
 * @throws {UsageError} naming the argument that is wrong
 */
export function parseTrials(args: string[], nowMs: number = Date.now()): (MutantName | undefined)[] {
  const { flags, names } = parseFlagsAndNames(args, { sample: { type: 'string' } }, USAGE);
  const { sample } = flags;
  if (names.length > 0) return names.map(toMutantName);
  if (sample === undefined) return [undefined, ...MUTANT_NAMES];
  const count = Number(sample);
  if (!/^\d{1,3}$/.test(sample) || count < 1 || count > MUTANT_NAMES.length) {
    throw wrongFlag('--sample', `a whole number from 1 to ${MUTANT_NAMES.length}`, sample, USAGE);
  }
  const first = Math.floor(nowMs / DAY_MS) * count;
  const nth = (index: number) => MUTANT_NAMES[(first + index) % MUTANT_NAMES.length] as MutantName;
  return [undefined, ...Array.from({ length: count }, (_, index) => nth(index))];
}

function toMutantName(arg: string): MutantName {
  const bug = MUTANT_NAMES.find((name) => name === arg);
  if (!bug) throw new UsageError(`BUG: expected one of ${MUTANT_NAMES.join(', ')}, got ${JSON.stringify(arg)}`, USAGE);
  return bug;
}
