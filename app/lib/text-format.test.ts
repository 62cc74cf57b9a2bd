import { describe, expect, test } from 'vitest';
import { boolean, decimal, integer, milliseconds, oneOf, orOff, port, someOf, type TextFormat } from './text-format.ts';

describe('integer', () => {
  const { schema } = integer({ min: 0, max: 10 });

  test.each([
    ['0', 0],
    ['10', 10],
    ['007', 7],
  ])('accepts %j', (text, number) => {
    expect(schema.parse(text)).toBe(number);
  });

  test.each(['', '11', '-1', '+1', '1.0', '1e1', '0x1', ' 1', '1 ', '1_0', '٣', 'NaN', 'Infinity', '9'.repeat(400)])(
    'rejects %j',
    (text) => {
      expect(schema.safeParse(text).success).toBe(false);
    },
  );
});

function parse<T>({ schema }: TextFormat<T>, text: string): T | undefined {
  return schema.safeParse(text).data;
}

test.each<[TextFormat<unknown>, string]>([
  [integer({ min: 1, max: 9 }), 'a whole number from 1 to 9'],
  [integer({ min: 1 }), 'a whole number from 1'],
  [decimal({ min: 0.1, max: 600 }), 'a number from 0.1 to 600'],
  [milliseconds({ min: 1, max: 9, also: 'not less than that' }), 'milliseconds from 1 to 9, not less than that'],
  [port(), 'a port from 1 to 65535'],
  [oneOf(['a', 'b']), 'one of a, b'],
  [someOf(['a', 'b']), 'some of a, b'],
  [boolean(), 'true or false'],
  [orOff(0, port()), 'a port from 1 to 65535, or off'],
])('$expected', ({ expected }, words) => {
  expect(expected).toBe(words);
});

test.each<[TextFormat<unknown>, string, unknown]>([
  [integer({ min: 1 }), '123456789012345', 123_456_789_012_345],
  [integer({ min: 1 }), '0', undefined],
  [decimal({ min: 0.1, max: 600 }), '0.5', 0.5],
  [decimal({ min: 0.1, max: 600 }), '2', 2],
  [decimal({ min: 0.1, max: 600 }), '.5', undefined],
  [decimal({ min: 0.1, max: 600 }), '0.05', undefined],
  [oneOf(['a', 'b']), 'b', 'b'],
  [oneOf(['a', 'b']), 'toString', undefined],
  [someOf(['a', 'b']), 'b,a', ['b', 'a']],
  [someOf(['a', 'b']), 'a,', undefined],
  [boolean(), 'false', false],
  [boolean(), 'no', undefined],
  [orOff(0, port()), 'off', 0],
  [orOff(0, port()), '80', 80],
  [orOff(0, port()), 'OFF', undefined],
])('%o reads %j as %j', (format, text, value) => {
  expect(parse(format, text)).toEqual(value);
});
