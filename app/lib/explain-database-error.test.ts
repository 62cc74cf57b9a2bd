import { expect, test } from 'vitest';
import { explainDatabaseError } from './explain-database-error.ts';

/** A driver's error, wrapped like Drizzle's. */
function wrapped(code: string, message: string): Error {
  return new Error('Failed query', { cause: Object.assign(new Error(message), { code }) });
}

test.each([
  [
    wrapped('ER_SECURE_TRANSPORT_REQUIRED', 'Connections using insecure transport are prohibited.'),
    'Connections using insecure transport are prohibited; the server requires TLS: set DB_TLS=verify, or ssl-mode=VERIFY_IDENTITY in DATABASE_URL',
  ],
  [wrapped('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), 'connect ECONNREFUSED 127.0.0.1:1'],
  [
    wrapped('ER_TABLEACCESS_DENIED_ERROR', "SELECT command denied to user 'u' for table 'replication_group_members'"),
    "SELECT command denied to user 'u' for table 'replication_group_members'; grant SELECT on performance_schema.replication_group_members to the user",
  ],
  ['a string', 'a string'],
  [
    wrapped('HANDSHAKE_SSL_ERROR', 'certificate has expired'),
    "certificate has expired; renew the server's certificate, and check the clocks",
  ],
  [wrapped('ECONNRESET', 'certificate has expired'), 'certificate has expired'],
])('%s is explained', (error, text) => {
  expect(explainDatabaseError(error)).toBe(text);
});
