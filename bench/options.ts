import { anyText, integer, someOf } from '../app/lib/text-format.ts';
import { createCommandLine } from '../cli/command-line.ts';
import { DATABASE_FLAG_PASSWORD, readDatabaseFlag } from '../cli/database-flag.ts';
import { flag } from '../cli/flags.ts';
import { SUITES } from './suites/all.ts';
import type { Suite } from './suites/suite.ts';

export interface BenchOptions {
  suites: Suite[];
  rounds: number;
  seconds: number;
  databaseUrl: string | undefined;
  /** Folder for the report and its chart. Without it nothing is written. */
  out: string | undefined;
}

const NAMES = SUITES.map(({ name }) => name);
const WIDTH = Math.max(...NAMES.map((name) => name.length)) + 2;
const ROUNDS = integer({ min: 1, max: 100 });
const SECONDS = integer({ min: 1, max: 60 });

const commandLine = createCommandLine({
  command: 'npm run bench --',
  about:
    'Compares Mooring with the usual alternatives on this machine, alternating between them. Lists the programs that are missing.',
  flags: {
    suites: flag(someOf(NAMES), {
      placeholder: 'LIST',
      about: 'only these, separated by commas',
      defaultText: 'all',
    }),
    rounds: flag(ROUNDS, { placeholder: 'N', about: `how often each is measured, ${ROUNDS.range}`, default: 5 }),
    seconds: flag(SECONDS, {
      placeholder: 'N',
      about: `how long each measurement takes, ${SECONDS.range}`,
      default: 4,
    }),
    database: flag(anyText('a URL'), {
      placeholder: 'URL',
      about: `mysql://user@host:3306/ with ${DATABASE_FLAG_PASSWORD}\n`,
      defaultText: "the stack's MySQL, started for the run",
    }),
    out: flag(anyText('a folder'), {
      placeholder: 'FOLDER',
      about: 'writes bench.md, bench.json and bench.svg there',
    }),
  },
  more: `Suites:\n${SUITES.map(({ name, title }) => `  ${name.padEnd(WIDTH)}${title}`).join('\n')}`,
});

export const USAGE = commandLine.usage;

/**
 * @throws {UsageError} naming the wrong flag
 * @throws {SettingsError} naming the wrong variable
 */
export function parseOptions(args: string[], env: Record<string, string | undefined> = process.env): BenchOptions {
  const { suites: names = NAMES, rounds, seconds, database, out } = commandLine.parse(args).flags;
  return {
    suites: names.flatMap((name) => SUITES.filter((suite) => suite.name === name)),
    rounds,
    seconds,
    databaseUrl: readDatabaseFlag(database, env),
    out,
  };
}
