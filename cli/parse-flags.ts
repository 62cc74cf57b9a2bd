import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './run-main.ts';

type Flags = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Flags> = ReturnType<typeof parseArgs<{ args: string[]; options: T }>>['values'];

/**
 * Parses a command line's flags, by Node's own rules.
 *
 * @param usage what a right command line looks like
 * @throws {UsageError} naming the flag that is wrong
 */
export function parseFlags<const T extends Flags>(args: string[], options: T, usage: string): Values<T> {
  try {
    return parseArgs({ args, options }).values as Values<T>;
  } catch (error) {
    throw new UsageError((error as Error).message, usage, { cause: error });
  }
}

/** A flag's value is not what it may be. */
export function wrongFlag(flag: string, expected: string, value: string, usage: string): UsageError {
  return new UsageError(`${flag}: expected ${expected}, got ${JSON.stringify(value)}`, usage);
}
