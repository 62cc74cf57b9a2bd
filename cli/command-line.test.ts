import { describe, expect, test } from 'vitest';
import { anyText, integer, oneOf, someOf } from '../app/lib/text-format.ts';
import { createCommandLine } from './command-line.ts';
import { databaseUrl } from './database-url-format.ts';
import { flag, toggle } from './flags.ts';
import { UsageError } from './run-main.ts';

const { usage, parse } = createCommandLine({
  command: 'npm run sail --',
  about: 'Sails.',
  flags: {
    knots: flag(integer({ min: 1, max: 40 }), { placeholder: 'N', about: 'how fast', default: 5 }),
    wind: flag(oneOf(['west', 'east']), { placeholder: 'NAME', about: 'from where', defaultText: 'any' }),
    port: flag(anyText('a port'), { placeholder: 'PORT', about: 'where to:\nits name\n', defaultText: 'back' }),
    night: toggle('sail at night, too'),
    crew: flag(oneOf(['a', 'b', 'c', 'd']), { short: 'c', placeholder: 'WHO', about: 'who comes along' }),
  },
  names: { placeholder: 'BOAT', about: 'only this one', format: oneOf(['optimist', 'laser']) },
  more: 'Mind the boom.',
});

test('the usage text has every flag with its default, and few words in its first line', () => {
  expect(usage).toBe(`Usage: npm run sail -- [--knots N] [--wind west|east] [--port PORT] [--night] [-c WHO] [BOAT…]

Sails.

Options:
  --knots N    how fast (default 5)
  --wind NAME  from where (default: any)
  --port PORT  where to:
               its name
               (default: back)
  --night      sail at night, too
  -c WHO       who comes along
  BOAT         only this one
  --help       show this

Mind the boom.
`);
});

test('a long first line is broken between flags, and may be given as a whole', () => {
  const options = { command: 'npm run sail --', about: 'Sails.', flags: { night: toggle('sail at night') } };
  const flags = Object.fromEntries([1, 2, 3, 4].map((n) => [`a-flag-with-a-long-name-${n}`, toggle('is long')]));
  const [first, second] = createCommandLine({ ...options, flags }).usage.split('\n');
  expect(first).toMatch(/^Usage: npm run sail -- \[--a-flag-with-a-long-name-1\] .*-2\]$/);
  expect(second).toBe(`${' '.repeat(23)}[--a-flag-with-a-long-name-3] [--a-flag-with-a-long-name-4]`);
  const { usage: whole } = createCommandLine({ ...options, synopsis: '[-- --night]' });
  expect(whole.split('\n')[0]).toBe('Usage: npm run sail -- [-- --night]');
  expect(createCommandLine({ ...options, flags: {} }).usage.split('\n')[0]).toBe('Usage: npm run sail --');
});

describe('a command line', () => {
  test('without flags has the defaults', () => {
    const flags = { knots: 5, wind: undefined, port: undefined, night: false, crew: undefined };
    expect(parse([])).toEqual({ flags, names: [] });
  });

  test('gives each value by its format, and the names', () => {
    const flags = { knots: 7, wind: 'east', port: '', night: true, crew: 'd' };
    expect(parse(['--knots', '7', 'laser', '--wind=east', '--port', '', '--night', '-c', 'd'])).toEqual({
      flags,
      names: ['laser'],
    });
  });

  test.each([
    [['--knots', '41'], '--knots: expected a whole number from 1 to 40, got "41"'],
    [['--knots', ''], '--knots: expected a whole number from 1 to 40, got ""'],
    [['--wind', 'north\n'], '--wind: expected one of west, east, got "north\\n"'],
    [['titanic'], 'BOAT: expected one of optimist, laser, got "titanic"'],
    [['--depth', '3'], "Unknown option '--depth'"],
    [['--night=yes'], "Option '--night' does not take an argument"],
    [['--knots'], "Option '--knots <value>' argument missing"],
  ])('%j is rejected with the usage', (args, problem) => {
    expect(() => parse(args)).toThrow(UsageError);
    expect(() => parse(args)).toThrow(problem);
    expect(() => parse(args)).toThrow(`\n\n${usage}`);
  });

  test.each([
    [
      '--pilot',
      'mysql://u:hunter2@h/',
      'expected mysql://user@host:port/database or file:path, got "mysql://u:***@h/"; for example ',
    ],
    [
      '--pilot',
      'mysql://u:hunter2@h/d?timezone=local',
      'expected no parameter but charset=utf8mb4, ssl-mode and ssl-ca, got the parameter "timezone"; remove it\n',
    ],
    ['--pass', 'hunter2', 'expected one of a, b, got "***"\n'],
    ['--stops', 'a,nonsense,none', 'expected some of a, b, got "nonsense"\n'],
  ])('%s %s is rejected with what is wrong in it, and without a secret', (name, value, problem) => {
    const { parse: parseFlags } = createCommandLine({
      command: 'npm run sail --',
      about: 'Sails.',
      flags: {
        pilot: flag(databaseUrl({ isFlag: true }), { placeholder: 'URL', about: 'who knows the way' }),
        pass: flag(oneOf(['a', 'b']), { placeholder: 'PASS', about: 'for the canal', mask: () => '***' }),
        stops: flag(someOf(['a', 'b']), { placeholder: 'LIST', about: 'where to stop' }),
      },
    });
    const parseWrong = () => parseFlags([name, value]);
    expect(parseWrong).toThrow(`${name}: ${problem}`);
    expect(parseWrong).not.toThrow(/hunter2/);
  });

  test('takes no names unless they are declared', () => {
    const { parse: parseFlags } = createCommandLine({ command: 'npm start', about: 'Starts.', flags: {} });
    expect(() => parseFlags(['laser'])).toThrow("Unexpected argument 'laser'");
  });
});
