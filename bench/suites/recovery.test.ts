import { expect, test } from 'vitest';
import { requireNextVisit } from './recovery.ts';

const before = { status: 200, visit: 7, server: '127.0.0.1:5001' };
const next = { status: 200, visit: 8, server: '127.0.0.1:5002' };

test('after a kill another replica answers the next visit', () => {
  expect(() => requireNextVisit(before, next)).not.toThrow();
});

test.each([
  [{ ...next, status: 502, visit: undefined }, 'is 502'],
  [{ ...next, server: before.server }, '127.0.0.1:5001 answered after it was killed'],
  [{ ...next, visit: 7 }, 'is number 7, not 8'],
  [{ ...next, visit: 9 }, 'is number 9, not 8'],
])('%j is rejected', (wrong, message) => {
  expect(() => requireNextVisit(before, wrong)).toThrow(message);
});
