import { rootCause } from './root-cause.ts';

const NO_TLS = 'Mooring does not support TLS to the database yet';

/** What some of the database server's errors mean for Mooring, by error code. */
const HINTS: Record<string, string> = {
  ER_SECURE_TRANSPORT_REQUIRED: `the server requires TLS, and ${NO_TLS}: let this user connect without`,
  // Servers also send this where TLS is required: MariaDB in general, MySQL for a user that requires it.
  ER_ACCESS_DENIED_ERROR: `check user and password; if they are right, the server may require TLS for this user, and ${NO_TLS}`,
};

/** Returns the driver's message, with a hint at the fix where one is known. */
export function explainDatabaseError(error: unknown): string {
  const { code, message } = rootCause(error) as { code?: unknown; message?: unknown };
  const hint = HINTS[`${code}`];
  const text = `${message ?? error}`;
  return hint === undefined ? text : `${text.replace(/\.$/, '')}; ${hint}`;
}
