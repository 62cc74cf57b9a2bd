import { anyText, decimal, integer, oneOf, someOf } from '../app/lib/text-format.ts';
import { createCommandLine } from '../cli/command-line.ts';
import { DATABASE_FLAG_PASSWORD, readDatabaseFlag } from '../cli/database-flag.ts';
import { flag } from '../cli/flags.ts';
import type { FrontKind } from '../testkit/fronts/front.ts';
import { FAULT_KINDS, FAULTS, type FaultKind } from './fault.ts';
import { MUTANT_NAMES, MUTANTS, type MutantName } from './mutants.ts';

export interface ChaosOptions {
  seed: number;
  durationMs: number;
  clients: number;
  stack: 'auto' | 'compose' | 'local' | 'swarm';
  machines: string | undefined;
  fronts: FrontKind[] | undefined;
  databaseUrl: string | undefined;
  kinds: FaultKind[] | undefined;
  mutant: MutantName | undefined;
  report: string | undefined;
}

const MAX_SEED = 2 ** 32 - 1;
const MS_PER_MINUTE = 60_000;

const MINUTES = decimal({ min: 0.1, max: 600 });
const CLIENTS = integer({ min: 1, max: 500 });

/** Returns names with what each is, for the usage text. */
function table<K extends string>(names: readonly K[], described: Record<K, { about: string }>): string {
  return names.map((name) => `  ${name.padEnd(18)}${described[name].about}`).join('\n');
}

const commandLine = createCommandLine({
  command: 'npm run chaos --',
  about: 'Runs clients against a real stack under a schedule of faults, and checks every response.',
  flags: {
    seed: flag(integer({ min: 0, max: MAX_SEED }), {
      placeholder: 'N',
      about: "seed of the schedule and of the clients' actions; the same seed repeats them",
      defaultText: 'random',
    }),
    minutes: flag(MINUTES, { placeholder: 'M', about: `how long faults are injected, ${MINUTES.range}`, default: 2 }),
    clients: flag(CLIENTS, { placeholder: 'N', about: `how many clients, ${CLIENTS.range}`, default: 24 }),
    stack: flag(oneOf(['compose', 'local', 'swarm']), {
      placeholder: 'NAME',
      about:
        'compose: the stack of docker-compose.yml; local: processes of this machine behind the worker, on a\nreal MySQL; swarm: the stack of deploy/swarm on three machines',
      defaultText: 'compose where a Docker engine answers',
    }),
    machines: flag(anyText('a program'), {
      placeholder: 'PROGRAM',
      about: 'for the swarm stack: what has the machines and breaks them (docs/testing.md)',
    }),
    front: flag(oneOf(['nginx', 'worker', 'both']), {
      placeholder: 'NAME',
      about: 'what clients talk to: nginx, worker or both',
      defaultText: 'all that the stack has',
    }),
    database: flag(anyText('a URL'), {
      placeholder: 'URL',
      about: `for the local stack: mysql://user@host:3306/ with\n${DATABASE_FLAG_PASSWORD}\n`,
      defaultText: 'one is started for the run',
    }),
    faults: flag(someOf(FAULT_KINDS), { placeholder: 'LIST', about: 'only these, separated by commas' }),
    mutate: flag(oneOf(MUTANT_NAMES), {
      placeholder: 'BUG',
      about: 'makes this bug, to see that the checkers find it',
    }),
    report: flag(anyText('a file'), { placeholder: 'FILE', about: 'writes the history there, as JSON lines' }),
  },
  more: `Faults:\n${table(FAULT_KINDS, FAULTS)}\n\nBugs:\n${table(MUTANT_NAMES, MUTANTS)}`,
});

export const USAGE = commandLine.usage;

/**
 * @throws {UsageError} naming the wrong flag
 * @throws {SettingsError} naming the wrong variable
 */
export function parseOptions(
  args: string[],
  randomSeed: () => number,
  env: Record<string, string | undefined> = process.env,
): ChaosOptions {
  const { flags } = commandLine.parse(args);
  const { seed, minutes, clients, stack, machines, front, database, faults, mutate, report } = flags;
  return {
    seed: seed ?? randomSeed(),
    durationMs: minutes * MS_PER_MINUTE,
    clients,
    stack: stack ?? 'auto',
    machines,
    fronts: front === 'both' ? ['nginx', 'worker'] : front && [front],
    databaseUrl: readDatabaseFlag(database, env),
    kinds: faults,
    mutant: mutate,
    report,
  };
}
