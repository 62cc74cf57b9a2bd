import { DATABASE_FLAG_PASSWORD, readDatabaseFlag } from '../cli/database-flag.ts';
import { parseFlags, wrongFlag } from '../cli/parse-flags.ts';
import type { FrontKind } from '../testkit/fronts/front.ts';
import { FAULT_KINDS, FAULTS, type FaultKind } from './fault.ts';
import { MUTANT_NAMES, MUTANTS, type MutantName } from './mutants.ts';

export interface ChaosOptions {
  seed: number;
  durationMs: number;
  clients: number;
  stack: 'auto' | 'compose' | 'local';
  fronts: FrontKind[] | undefined;
  databaseUrl: string | undefined;
  kinds: FaultKind[] | undefined;
  mutant: MutantName | undefined;
  report: string | undefined;
}

const MAX_SEED = 2 ** 32 - 1;
const MS_PER_MINUTE = 60_000;

export const USAGE = `Usage: npm run chaos -- [--seed N] [--minutes M] [--clients N] [--stack compose|local]
                        [--front nginx|worker|both] [--database URL] [--faults LIST] [--mutate BUG] [--report FILE]

Lets clients visit a real stack while a schedule of faults hurts it, and checks every answer they got.

Options:
  --seed N        the schedule and the clients' doing; the same seed gives the same ones (default: a random one)
  --minutes M     how long faults come, 0.1 to 600 (default 2)
  --clients N     how many clients, 1 to 500 (default 24)
  --stack NAME    compose: the stack of docker-compose.yml; local: processes of this machine, the worker before them, on a
                  real MySQL (default: compose where a Docker engine answers)
  --front NAME    what clients talk to: nginx, worker or both (default: all that the stack has)
  --database URL  for the local stack: mysql://user@host:3306/ with
                  ${DATABASE_FLAG_PASSWORD}
                  (default: one is started for the run)
  --faults LIST   only these, separated by commas
  --mutate BUG    makes a bug to see that it is found
  --report FILE   writes the history there, as JSON lines
  --help          show this

Faults:
${FAULT_KINDS.map((kind) => `  ${kind.padEnd(18)}${FAULTS[kind].about}`).join('\n')}

Bugs:
${MUTANT_NAMES.map((name) => `  ${name.padEnd(18)}${MUTANTS[name].about}`).join('\n')}
`;

const FLAGS = {
  seed: { type: 'string' },
  minutes: { type: 'string' },
  clients: { type: 'string' },
  stack: { type: 'string' },
  front: { type: 'string' },
  database: { type: 'string' },
  faults: { type: 'string' },
  mutate: { type: 'string' },
  report: { type: 'string' },
} as const;

/**
 * @throws {UsageError} naming the wrong flag
 * @throws {SettingsError} naming the wrong variable
 */
export function parseOptions(
  args: string[],
  randomSeed: () => number,
  env: Record<string, string | undefined> = process.env,
): ChaosOptions {
  const flags = parseFlags(args, FLAGS, USAGE);
  const front = oneOf('--front', flags.front, ['nginx', 'worker', 'both']);
  return {
    seed: flags.seed === undefined ? randomSeed() : number('--seed', flags.seed, 0, MAX_SEED, /^\d{1,10}$/),
    durationMs: number('--minutes', flags.minutes ?? '2', 0.1, 600, /^\d{1,3}(\.\d+)?$/) * MS_PER_MINUTE,
    clients: number('--clients', flags.clients ?? '24', 1, 500, /^\d{1,3}$/),
    stack: oneOf('--stack', flags.stack, ['compose', 'local']) ?? 'auto',
    fronts: front === undefined ? undefined : front === 'both' ? ['nginx', 'worker'] : [front],
    databaseUrl: readDatabaseFlag(flags.database, env),
    kinds: flags.faults?.split(',').map((kind) => oneOf('--faults', kind, FAULT_KINDS) as FaultKind),
    mutant: oneOf('--mutate', flags.mutate, MUTANT_NAMES),
    report: flags.report,
  };
}

function oneOf<T extends string>(flag: string, value: string | undefined, words: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = words.find((word) => word === value);
  if (found === undefined) throw wrongFlag(flag, `one of ${words.join(', ')}`, value, USAGE);
  return found;
}

function number(flag: string, value: string, least: number, most: number, form: RegExp): number {
  if (form.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw wrongFlag(flag, `a number from ${least} to ${most}`, value, USAGE);
}
