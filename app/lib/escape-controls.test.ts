import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeControls } from './escape-controls.ts';

test.each([
  ['"\u007f"', '"\\u007f"'],
  ['"\u009b31m"', '"\\u009b31m"'],
  ['"a\u2028b\u2029"', '"a\\u2028b\\u2029"'],
  ['"caf\u00e9 \u20ac \u{1f6a2}"', '"caf\u00e9 \u20ac \u{1f6a2}"'],
])('%j is written as %j', (json, escaped) => {
  expect(escapeControls(json)).toBe(escaped);
});

test('any logged value is one line without control characters, and parses to the same value', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.dictionary(text, text), (fields) => {
      const line = escapeControls(JSON.stringify(fields));
      expect(line).toMatch(/^[ -~\u00a0-\u2027\u202a-\uffff]*$/);
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(fields)));
    }),
  );
});
