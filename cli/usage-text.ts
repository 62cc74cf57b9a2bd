import type { CommandLineOptions, Flag, Flags } from './flags.ts';

/** The longest first line, with the command and its flags. */
const SYNOPSIS_WIDTH = 100;

/** More words than this are not listed in the first line. */
const WORDS_IN_SYNOPSIS = 3;

/** Returns the usage text of a program from the table of its flags. */
export function usageText<F extends Flags, N>(options: CommandLineOptions<F, N>): string {
  const { command, about, flags, names, more } = options;
  const rows = Object.entries<Flag<unknown>>(flags).map(([name, flag]) => [nameOf(name, flag), explain(flag)] as const);
  if (names?.about !== undefined) rows.push([names.placeholder, names.about]);
  rows.push(['--help', 'show this']);
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(
    ([name, text]) => `  ${name.padEnd(width)}${text.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`,
  );
  const parts = [
    wrap(`Usage: ${command} `, options.synopsis === undefined ? synopsis(options) : [options.synopsis]),
    about,
    ['Options:', ...lines].join('\n'),
    ...(more === undefined ? [] : [more]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function nameOf(name: string, { short, placeholder }: Flag<unknown>): string {
  const dashed = short === undefined ? `--${name}` : `-${short}`;
  return placeholder === undefined ? dashed : `${dashed} ${placeholder}`;
}

function explain({ about, format, default: value, defaultText }: Flag<unknown>): string {
  const gap = about.endsWith('\n') ? '' : ' ';
  if (defaultText !== undefined) return `${about}${gap}(default: ${defaultText})`;
  return format === undefined || value === undefined ? about : `${about}${gap}(default ${value})`;
}

function synopsis<F extends Flags, N>({ flags, names }: CommandLineOptions<F, N>): string[] {
  const words = Object.entries<Flag<unknown>>(flags).map(([name, flag]) => {
    const { words = [] } = flag.format ?? {};
    const isShort = words.length > 0 && words.length <= WORDS_IN_SYNOPSIS;
    return `[${nameOf(name, isShort ? { ...flag, placeholder: words.join('|') } : flag)}]`;
  });
  return names ? [...words, `[${names.placeholder}…]`] : words;
}

/** Breaks a text where a line would be too long. The lines after the first are indented by the length of the prefix. */
function wrap(prefix: string, words: string[]): string {
  const lines: string[] = [];
  let line = prefix;
  for (const word of words) {
    if (line.length + word.length > SYNOPSIS_WIDTH) {
      lines.push(line.trimEnd());
      line = ' '.repeat(prefix.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join('\n');
}
