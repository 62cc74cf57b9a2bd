import { rootCause } from './root-cause.ts';

const NO_TLS = 'Mooring does not support TLS to the database yet';

/** What some of the server's errors mean here, by their code. */
const HINTS: Record<string, string> = {
  ER_SECURE_TRANSPORT_REQUIRED: `the server requires TLS, and ${NO_TLS}: let this user connect without`,
  // MariaDB answers this, too, where it requires TLS, and MySQL does for a user that requires it.
  ER_ACCESS_DENIED_ERROR: `check user and password; if they are right, the server may require TLS for this user, and ${NO_TLS}`,
};

/** A database's error in words: the driver's, and what to do about it where that is known. */
export function explainDatabaseError(error: unknown): string {
  const { code, message } = rootCause(error) as { code?: unknown; message?: unknown };
  const hint = HINTS[`${code}`];
  const text = `${message ?? error}`;
  return hint === undefined ? text : `${text.replace(/\.$/, '')}; ${hint}`;
}
