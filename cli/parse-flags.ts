import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './run-main.ts';

type Flags = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Flags> = ReturnType<typeof parseArgs<{ args: string[]; options: T }>>['values'];

/**
 * Parses command-line flags by the rules of Node's `parseArgs`.
 *
 * @param usage the usage text
 * @throws {UsageError} naming the invalid flag
 */
export function parseFlags<const T extends Flags>(args: string[], options: T, usage: string): Values<T> {
  return explained(usage, () => parseArgs({ args, options }).values as Values<T>);
}

/**
 * Parses command-line flags, and names among them.
 *
 * @param usage the usage text
 * @throws {UsageError} naming the invalid flag
 */
export function parseFlagsAndNames<const T extends Flags>(
  args: string[],
  options: T,
  usage: string,
): { flags: Values<T>; names: string[] } {
  return explained(usage, () => {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { flags: values as Values<T>, names: positionals };
  });
}

function explained<T>(usage: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError((error as Error).message, usage, { cause: error });
  }
}

export function wrongFlag(flag: string, expected: string, value: string, usage: string): UsageError {
  return new UsageError(`${flag}: expected ${expected}, got ${JSON.stringify(value)}`, usage);
}
