import { expect, test } from 'vitest';
import { createTokenAttempts } from './token-attempts.ts';

function setUp() {
  const clock = { ms: 0 };
  const attempts = createTokenAttempts({ limit: 2, windowMs: 60_000, tableSize: 3, monotonicMs: () => clock.ms });
  return { clock, attempts };
}

test('a client waits until a minute after its first attempt, then has all its attempts again', () => {
  const { clock, attempts } = setUp();
  expect(attempts.begin('a')).toEqual({ count: 1 });
  clock.ms = 10_000;
  expect(attempts.begin('a')).toEqual({ count: 2 });
  expect(attempts.begin('a')).toEqual({ retryAfterSeconds: 50 });
  clock.ms = 60_000;
  expect(attempts.begin('a')).toEqual({ count: 1 });
});

test('an attempt with the right token does not count', () => {
  const { attempts } = setUp();
  for (let nth = 0; nth < 10; nth++) {
    expect(attempts.begin('a')).toEqual({ count: 1 });
    attempts.succeeded('a');
  }
});

test('a full table drops the client that tried longest ago', () => {
  const { attempts } = setUp();
  for (const client of ['a', 'a', 'b', 'b', 'c', 'c']) attempts.begin(client);
  expect(attempts.begin('b')).toHaveProperty('retryAfterSeconds');
  attempts.begin('d');
  expect(attempts.begin('b')).toHaveProperty('retryAfterSeconds');
  expect(attempts.begin('a')).toEqual({ count: 1 });
});
