import { SettingsError } from '../settings.ts';
import { DatabaseUnusableError } from './database.ts';

/** The command line is wrong. */
export class UsageError extends Error {
  override name = 'UsageError';

  /** @param usage what a right one looks like */
  constructor(message: string, usage: string, options?: ErrorOptions) {
    super(`${message}\n\n${usage}`, options);
  }
}

/** Nothing can be listened on there. */
export class ListenError extends Error {
  override name = 'ListenError';
}

const REFUSALS = [UsageError, SettingsError, DatabaseUnusableError, ListenError];

/**
 * Runs a program. What is the caller's to mend is told in a line and ends it with exit code 2: called wrongly, not crashed.
 * Anything else is a bug and shows itself.
 *
 * @param moreRefusals what else is the caller's to mend
 */
export async function runProgram(
  name: string,
  main: () => Promise<void>,
  moreRefusals: (new (...args: never[]) => Error)[] = [],
): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (![...REFUSALS, ...moreRefusals].some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${name}: ${(error as Error).message}\n`);
    process.exit(2);
  }
}
