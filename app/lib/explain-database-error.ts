import { rootCause } from './root-cause.ts';

const TURN_ON = 'set DB_TLS=verify, or ssl-mode=VERIFY_IDENTITY in DATABASE_URL';

/** What some of the database server's errors mean for Mooring, by error code. */
const HINTS: Record<string, string> = {
  ER_SECURE_TRANSPORT_REQUIRED: `the server requires TLS: ${TURN_ON}`,
  // Servers also send this where TLS is required: MariaDB in general, MySQL for a user that requires it.
  ER_ACCESS_DENIED_ERROR: `check user and password; if they are right and DB_TLS is off, the server may require TLS for this user: ${TURN_ON}`,
  HANDSHAKE_NO_SSL_SUPPORT:
    'DB_TLS or ssl-mode expects TLS, and the server offers none: turn it on there, or set DB_TLS=off (ssl-mode=DISABLED) on a private network',
};

/** What failed when a TLS connection was made. The driver gives all these errors the same code. */
const TLS_HINTS: [RegExp, string][] = [
  [
    /altnames|identity/i,
    "DB_TLS=verify (ssl-mode=VERIFY_IDENTITY) expects the host name of DB_HOST or DATABASE_URL in the server's certificate: connect by a name that is in it",
  ],
  [
    /self.signed|issuer|first certificate|unknown ca/i,
    "DB_TLS=verify (ssl-mode=VERIFY_IDENTITY) expects a certificate signed by a CA of DB_TLS_CA_FILE (ssl-ca), or by a public CA without it: set it to the file with the CA that signed the server's certificate",
  ],
  [/expired|not yet valid/i, "renew the server's certificate, and check the clocks"],
];

/** The right to find the primary of a group among several hosts. */
const MEMBERS_DENIED = /denied .*replication_group_members/;

/** Returns the driver's message, with a hint at the fix where one is known. */
export function explainDatabaseError(error: unknown): string {
  const { code, message } = rootCause(error) as { code?: unknown; message?: unknown };
  const text = `${message ?? error}`;
  const hint = findHint(error, `${code}`, text);
  return hint === undefined ? text : `${text.replace(/\.$/, '')}; ${hint}`;
}

function findHint(error: unknown, code: string, text: string): string | undefined {
  if (isTlsRejected(error)) return TLS_HINTS.find(([pattern]) => pattern.test(text))?.[1];
  if (MEMBERS_DENIED.test(text)) return 'grant SELECT on performance_schema.replication_group_members to the user';
  return HINTS[code];
}

/** Whether the server's certificate was rejected, or the handshake of TLS failed. */
function isTlsRejected(error: unknown): boolean {
  return (rootCause(error) as { code?: unknown }).code === 'HANDSHAKE_SSL_ERROR';
}

/** Whether the connection failed for the settings of TLS, here or at the server, and no retry helps. */
export function isTlsMismatch(error: unknown): boolean {
  const { code } = rootCause(error) as { code?: unknown };
  return isTlsRejected(error) || code === 'HANDSHAKE_NO_SSL_SUPPORT' || code === 'ER_SECURE_TRANSPORT_REQUIRED';
}
