import { DATABASE_FLAG_PASSWORD, readDatabaseFlag } from '../cli/database-flag.ts';
import { parseFlags, wrongFlag } from '../cli/parse-flags.ts';
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

const WIDTH = Math.max(...SUITES.map(({ name }) => name.length)) + 2;

export const USAGE = `Usage: npm run bench -- [--suites LIST] [--rounds N] [--seconds N] [--database URL] [--out FOLDER]

Compares Mooring with what people would otherwise run, on this machine, alternating. Lists what is missing here.

Options:
  --suites LIST   only these, separated by commas (default: all)
  --rounds N      how often each is measured, 1 to 100 (default 5)
  --seconds N     for how long each time, 1 to 60 (default 4)
  --database URL  mysql://user@host:3306/ with ${DATABASE_FLAG_PASSWORD}
                  (default: a server is started for the run)
  --out FOLDER    writes bench.md, bench.json and bench.svg there
  --help          show this

Suites:
${SUITES.map(({ name, title }) => `  ${name.padEnd(WIDTH)}${title}`).join('\n')}
`;

const FLAGS = {
  suites: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  database: { type: 'string' },
  out: { type: 'string' },
} as const;

/**
 * @throws {UsageError} naming the wrong flag
 * @throws {SettingsError} naming the wrong variable
 */
export function parseOptions(args: string[], env: Record<string, string | undefined> = process.env): BenchOptions {
  const flags = parseFlags(args, FLAGS, USAGE);
  return {
    suites: flags.suites === undefined ? [...SUITES] : flags.suites.split(',').map(suiteNamed),
    rounds: wholeNumber('--rounds', flags.rounds ?? '5', 100),
    seconds: wholeNumber('--seconds', flags.seconds ?? '4', 60),
    databaseUrl: readDatabaseFlag(flags.database, env),
    out: flags.out,
  };
}

function suiteNamed(name: string): Suite {
  const suite = SUITES.find((known) => known.name === name);
  if (!suite) throw wrongFlag('--suites', `some of ${SUITES.map((known) => known.name).join(', ')}`, name, USAGE);
  return suite;
}

function wholeNumber(flag: string, value: string, most: number): number {
  const number = Number(value);
  if (/^\d{1,3}$/.test(value) && number >= 1 && number <= most) return number;
  throw wrongFlag(flag, `a whole number from 1 to ${most}`, value, USAGE);
}
