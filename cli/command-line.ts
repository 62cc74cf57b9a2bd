import { parseArgs } from 'node:util';
import { describeProblem } from '../app/lib/settings.ts';
import type { TextFormat } from '../app/lib/text-format.ts';
import { textProblem } from '../app/lib/text-problem.ts';
import type { CommandLineOptions, Flag, Flags } from './flags.ts';
import { UsageError } from './run-main.ts';
import { usageText } from './usage-text.ts';

export interface CommandLine<F extends Flags, N> {
  usage: string;
  /** @throws {UsageError} naming the invalid flag */
  parse(args: string[]): { flags: { [K in keyof F]: F[K]['default'] }; names: N[] };
}

/** Makes the parser and the usage text of a program from the table of its flags. */
export function createCommandLine<F extends Flags, N = never>(options: CommandLineOptions<F, N>): CommandLine<F, N> {
  const { flags, names } = options;
  const usage = usageText(options);

  function read<T>(name: string, format: TextFormat<T>, text: string, mask?: Flag<T>['mask']): T {
    const { data, error } = format.schema.safeParse(text);
    if (error === undefined) return data;
    const { expected, got, fix } = textProblem(text, error, { expected: format.expected, mask });
    throw new UsageError(describeProblem(name, expected, got, fix), usage);
  }

  return {
    usage,
    parse(args) {
      const { values, positionals } = split(args, options, usage);
      const parsed = Object.entries(flags).map(([name, { format, mask, default: byDefault }]) => {
        const text = values[name];
        return [name, format && typeof text === 'string' ? read(`--${name}`, format, text, mask) : (text ?? byDefault)];
      });
      return {
        flags: Object.fromEntries(parsed),
        names: names ? positionals.map((text) => read(names.placeholder, names.format, text)) : [],
      };
    },
  };
}

/** Divides a command line by the rules of Node's `parseArgs`. */
function split<F extends Flags, N>(args: string[], { flags, names }: CommandLineOptions<F, N>, usage: string) {
  const declared = Object.entries<Flag<unknown>>(flags).map(([name, { format, short }]) => {
    const type = format ? ('string' as const) : ('boolean' as const);
    return [name, short === undefined ? { type } : { type, short }] as const;
  });
  try {
    return parseArgs({ args, options: Object.fromEntries(declared), allowPositionals: names !== undefined });
  } catch (error) {
    throw new UsageError((error as Error).message, usage, { cause: error });
  }
}
