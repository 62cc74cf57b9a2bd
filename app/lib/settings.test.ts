import { describe, expect, test } from 'vitest';
import { addProblem, parsedSettings, SettingsError, setting, settingsObject, UnreadSetting } from './settings.ts';
import { integer, textWhere } from './text-format.ts';

const settings = {
  SIZE: setting(integer({ min: 1, max: 9, noun: 'a number' }), { about: 'How large it is.', example: '7', default: 5 }),
  KEY: setting(
    textWhere('letters', (text) => /^[a-z]+$/.test(text)),
    { about: 'The key.', example: 'abc', mask: () => '***' },
  ),
};

const schema = settingsObject(settings);
const read = (env: Record<string, unknown>) => parsedSettings(schema.safeParse(env));

function expectProblems(env: Record<string, unknown>, problems: string[], parsed = schema.safeParse(env)): void {
  expect(() => parsedSettings(parsed)).toThrow(new SettingsError(problems));
}

describe('the settings of a program', () => {
  test.each([
    ['not given', {}],
    ['undefined', { SIZE: undefined, KEY: undefined }],
    ['empty', { SIZE: '', KEY: '' }],
  ])('uses the default when a setting is %s', (_what, env) => {
    expect(read(env)).toEqual({ SIZE: 5, KEY: undefined });
  });

  test('parses a given value', () => {
    expect(read({ SIZE: '9', KEY: 'abc' })).toEqual({ SIZE: 9, KEY: 'abc' });
  });

  test('reports each invalid value with what was expected, what was got and an example, masked where needed', () => {
    expectProblems({ SIZE: '10', KEY: 'S3CRET' }, [
      'SIZE: expected a number from 1 to 9, got "10"; for example SIZE=7',
      'KEY: expected letters, got "***"; for example KEY=abc',
    ]);
  });

  test('reports why a setting could not be read', () => {
    expectProblems({ SIZE: new UnreadSetting('SIZE_FILE: expected a file'), KEY: '' }, ['SIZE_FILE: expected a file']);
  });

  test('checks the rules between settings even if some are invalid, with their defaults', () => {
    const env = { SIZE: '10', KEY: 'abc' };
    const withRule = schema.superRefine(({ SIZE, KEY }, ctx) => {
      addProblem(ctx, 'KEY', 'no key', `${KEY} beside ${SIZE}`, 'remove it');
    });
    const problems = [
      'SIZE: expected a number from 1 to 9, got "10"; for example SIZE=7',
      'KEY: expected no key, got abc beside 5; remove it',
    ];
    expectProblems(env, problems, withRule.safeParse(env));
  });

  test('shows control characters escaped', () => {
    expectProblems({ SIZE: '1\n\u001b[31m' }, [
      'SIZE: expected a number from 1 to 9, got "1\\n\\u001b[31m"; for example SIZE=7',
    ]);
  });
});

test.each([
  [['A'], '1 setting is wrong:\n  A'],
  [['A', 'B'], '2 settings are wrong:\n  A\n  B'],
])('SettingsError lists %j', (problems, message) => {
  expect(new SettingsError(problems).message).toBe(message);
});
