import { expect, test } from 'vitest';
import { isOutcomeUnknown, isReadOnlyServer } from './errors.ts';

/** A driver's error, wrapped like Drizzle's. */
function wrapped(fields: { errno?: number; message?: string; sqlState?: string; fatal?: boolean }): Error {
  return new Error('Failed query', { cause: Object.assign(new Error(fields.message), fields) });
}

test.each([
  [1290, 'The MySQL server is running with the --super-read-only option so it cannot execute this statement', true],
  [1290, 'The MariaDB server is running with the --read-only option so it cannot execute this statement', true],
  [1290, 'The MySQL server is running with the --skip-grant-tables option so it cannot execute this statement', false],
  [1836, 'Running in read-only mode', true],
  [1874, 'InnoDB is in read only mode', true],
  [1062, "Duplicate entry 'read-only' for key", false],
])('the error %i "%s" says that the server is read-only: %s', (errno, message, isReadOnly) => {
  const error = wrapped({ errno, message });
  expect([isReadOnlyServer(error), isOutcomeUnknown(error)]).toEqual([isReadOnly, false]);
});

test.each([
  [{ fatal: true }, true],
  [{ errno: 1317, sqlState: '70100' }, true],
  [{ errno: 3100, sqlState: 'HY000' }, true],
  [{ errno: 3796, sqlState: 'HY000' }, true],
  [{ errno: 3101, sqlState: '40000' }, false],
  [{ errno: 1062, sqlState: '23000' }, false],
])('after %j the outcome of a commit is unknown: %s', (fields, isUnknown) => {
  expect(isOutcomeUnknown(wrapped(fields))).toBe(isUnknown);
});
