import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { isWeakToken } from './weak-token.ts';

test.each([
  'aaaaaaaaaaaaaaaa',
  'abababababababab',
  'abcdefghabcdefgh',
  'passwordpassword',
  'mooring1mooring1moor',
  'abcdefghijklmnop',
  '0123456789012345',
  '9876543210fedcba',
  '1111222233334444',
  'aabbccddeeffgghh',
])('%s is weak', (token) => {
  expect(isWeakToken(token)).toBe(true);
});

test.each(['correct-horse-battery-staple', '7f3a9c51e08b2d46', 'a-token-for-this-test'])('%s is not weak', (token) => {
  expect(isWeakToken(token)).toBe(false);
});

test.each(['hex', 'base64url'] as const)('tokens of 24 random bytes are never weak, in %s', (encoding) => {
  for (let nth = 0; nth < 2000; nth++) expect(isWeakToken(randomBytes(24).toString(encoding))).toBe(false);
});
