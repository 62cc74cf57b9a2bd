import { UserError } from '../app/lib/user-error.ts';
import { surviveBrokenPipes } from './broken-pipe.ts';

export class UsageError extends UserError {
  override name = 'UsageError';

  /** @param usage the usage text */
  constructor(message: string, usage: string, options?: ErrorOptions) {
    super(`${message}\n\n${usage}`, options);
  }
}

/** The server cannot listen on this address and port. */
export class ListenError extends UserError {
  override name = 'ListenError';
}

export interface Program {
  /** The prefix of its error messages. */
  name: string;
  usage: string;
  /** @param args the command line, without `--help` */
  main: (args: string[]) => Promise<void>;
}

/**
 * Runs a program. `--help` or `-h` anywhere on the command line prints the usage and runs nothing. An error that the user can
 * fix is printed without a stack, and the exit code is 2. Any other error is a bug and is thrown.
 */
export async function runMain({ name, usage, main }: Program): Promise<void> {
  surviveBrokenPipes();
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage);
    return;
  }
  try {
    await main(args);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exit(2);
  }
}
