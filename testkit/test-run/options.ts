import { parseFlagsAndNames } from '../../cli/parse-flags.ts';

/** What `npm test` runs. */
export interface TestRunOptions {
  /** Whether to install the system packages that are missing. */
  install: boolean;
  /** Whether tests may run that need programs beside Node. */
  hasIntegration: boolean;
  /** Arguments for Vitest. */
  vitest: string[];
}

export const USAGE = `Usage: npm test -- [--install] [--project unit|integration] [-t PATTERN] [FILE…]

Runs all tests except the tests of the Compose stack. Tests that need a program this machine lacks are skipped, and listed first.

Options:
  --install       install missing programs with apt-get, as root on Debian or Ubuntu
  --project NAME  unit: no database, process or browser, under 30 seconds; integration: all others (default: both)
  -t PATTERN      only tests whose names match
  FILE            only test files whose paths contain it
  --help          show this

With CI=true programs are installed, too, and a skipped test is a failure.
`;

const FLAGS = {
  install: { type: 'boolean' },
  project: { type: 'string' },
  testNamePattern: { type: 'string', short: 't' },
} as const;

/**
 * Parses the command line of `npm test`.
 *
 * @throws {UsageError} naming the flag that is wrong
 */
export function parseTestRunOptions(args: string[]): TestRunOptions {
  const { flags, names } = parseFlagsAndNames(args, FLAGS, USAGE);
  const { install = false, project, testNamePattern } = flags;
  const chosen = project === undefined ? [] : ['--project', project];
  const named = testNamePattern === undefined ? [] : ['--testNamePattern', testNamePattern];
  return { install, hasIntegration: project !== 'unit', vitest: [...chosen, ...named, ...names] };
}
