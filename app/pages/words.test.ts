import { expect, test } from 'vitest';
import { byteSize, share } from './words.ts';

test.each([
  [0, '0 kB'],
  [999, '1.0 kB'],
  [123_456, '123 kB'],
  [999_999, '1,000 kB'],
  [1_000_000, '1.0 MB'],
  [1_234_567_890, '1,235 MB'],
])('%i bytes are %s', (bytes, text) => {
  expect(byteSize(bytes)).toBe(text);
});

test.each([
  [0, 0, '–'],
  [0, 5, '0 %'],
  [5, 5, '100 %'],
  [2, 3, '66.7 %'],
  [99_999, 100_000, '99.9 %'],
  [1, 100_000, '0.1 %'],
])('%i of %i are %s', (part, whole, text) => {
  expect(share(part, whole)).toBe(text);
});
