import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readSettings, SettingsError, setting, wholeNumber } from './settings.ts';

const settings = {
  SIZE: setting({
    about: 'How large it is.',
    expected: 'a number from 1 to 9',
    example: '7',
    default: 5,
    schema: wholeNumber(1, 9),
  }),
  KEY: setting<string | undefined>({
    about: 'The key.',
    expected: 'letters',
    example: 'abc',
    default: undefined,
    schema: z.string().regex(/^[a-z]+$/),
    mask: () => '***',
  }),
};

function read(env: Record<string, string | undefined>) {
  const problems: string[] = [];
  return { values: readSettings(settings, env, problems), problems };
}

describe('readSettings', () => {
  test.each([
    ['not given', {}],
    ['undefined', { SIZE: undefined, KEY: undefined }],
    ['empty', { SIZE: '', KEY: '' }],
  ])('uses the default when a setting is %s', (_what, env) => {
    expect(read(env)).toEqual({ values: { SIZE: 5, KEY: undefined }, problems: [] });
  });

  test('parses a given value', () => {
    expect(read({ SIZE: '9', KEY: 'abc' })).toEqual({ values: { SIZE: 9, KEY: 'abc' }, problems: [] });
  });

  test('reports each invalid value with what was expected, what was got and an example, masked where needed', () => {
    expect(read({ SIZE: '10', KEY: 'S3CRET' }).problems).toEqual([
      'SIZE: expected a number from 1 to 9, got "10"; for example SIZE=7',
      'KEY: expected letters, got "***"; for example KEY=abc',
    ]);
  });

  test('shows control characters escaped', () => {
    expect(read({ SIZE: '1\n\u001b[31m' }).problems).toEqual([
      'SIZE: expected a number from 1 to 9, got "1\\n\\u001b[31m"; for example SIZE=7',
    ]);
  });
});

describe('wholeNumber', () => {
  const schema = wholeNumber(0, 10);

  test.each([
    ['0', 0],
    ['10', 10],
    ['007', 7],
  ])('accepts %j', (text, number) => {
    expect(schema.parse(text)).toBe(number);
  });

  test.each(['', '11', '-1', '+1', '1.0', '1e1', '0x1', ' 1', '1 ', '1_0', '٣', 'NaN', 'Infinity', '9'.repeat(400)])(
    'refuses %j',
    (text) => {
      expect(schema.safeParse(text).success).toBe(false);
    },
  );
});

test.each([
  [['A'], '1 setting is wrong:\n  A'],
  [['A', 'B'], '2 settings are wrong:\n  A\n  B'],
])('SettingsError lists %j', (problems, message) => {
  expect(new SettingsError(problems).message).toBe(message);
});
