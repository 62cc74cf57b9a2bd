import { anyText, oneOf } from '../../app/lib/text-format.ts';
import { createCommandLine } from '../../cli/command-line.ts';
import { flag, toggle } from '../../cli/flags.ts';

/** How long all tests take on two processors. */
export const ALL_TESTS_MINUTES = 10;

/** What `npm test` runs. */
export interface TestRunOptions {
  /** Whether to install the system packages that are missing. */
  install: boolean;
  /** Whether tests may run that need programs beside Node. */
  hasIntegration: boolean;
  /** Arguments for Vitest. */
  vitest: string[];
}

const commandLine = createCommandLine({
  command: 'npm test --',
  about:
    'Runs all tests except the tests of the Compose stack. Tests that need a program this machine lacks are skipped, and listed first.',
  flags: {
    install: toggle('install missing programs with apt-get, as root on Debian or Ubuntu'),
    project: flag(oneOf(['unit', 'integration']), {
      placeholder: 'NAME',
      about: 'unit: no database, process or browser, half a minute; integration: all others',
      defaultText: 'both',
    }),
    testNamePattern: flag(anyText('a pattern'), {
      short: 't',
      placeholder: 'PATTERN',
      about: 'only tests whose names match',
    }),
  },
  names: {
    placeholder: 'FILE',
    about: 'only test files whose paths contain it',
    format: anyText('a part of a path'),
  },
  more: 'With CI=true programs are installed, too, and a skipped test is a failure.',
});

export const USAGE = commandLine.usage;

/**
 * Parses the command line of `npm test`.
 *
 * @throws {UsageError} naming the flag that is wrong
 */
export function parseTestRunOptions(args: string[]): TestRunOptions {
  const { flags, names } = commandLine.parse(args);
  const { install, project, testNamePattern } = flags;
  const chosen = project === undefined ? [] : ['--project', project];
  const named = testNamePattern === undefined ? [] : ['--testNamePattern', testNamePattern];
  return { install, hasIntegration: project !== 'unit', vitest: [...chosen, ...named, ...names] };
}
