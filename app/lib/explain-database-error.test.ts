import { expect, test } from 'vitest';
import { explainDatabaseError } from './explain-database-error.ts';

/** A driver's error, wrapped like Drizzle's. */
function wrapped(code: string, message: string): Error {
  return new Error('Failed query', { cause: Object.assign(new Error(message), { code }) });
}

test.each([
  [
    wrapped('ER_SECURE_TRANSPORT_REQUIRED', 'Connections using insecure transport are prohibited.'),
    'Connections using insecure transport are prohibited; the server requires TLS, and Mooring does not support TLS to the database yet: let this user connect without',
  ],
  [wrapped('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), 'connect ECONNREFUSED 127.0.0.1:1'],
  ['a string', 'a string'],
])('%s is explained', (error, text) => {
  expect(explainDatabaseError(error)).toBe(text);
});
