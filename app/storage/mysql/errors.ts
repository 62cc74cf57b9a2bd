import { rootCause } from '../../lib/root-cause.ts';

/**
 * Whether the connection failed, as opposed to a statement. A server that shuts down or kills the connection (SQLSTATE
 * classes 08 and 70) sends an error, too, but it does not say what became of the transaction.
 */
export function isConnectionError(error: unknown): boolean {
  const { fatal, sqlState } = rootCause(error) as { fatal?: unknown; sqlState?: unknown };
  return fatal === true || (typeof sqlState === 'string' && /^(08|70)/.test(sqlState));
}

/**
 * Whether the server rolled back a transaction that may succeed when retried (SQLSTATE class 40, for example a deadlock).
 * Nothing of it was committed.
 */
export function isRolledBack(error: unknown): boolean {
  const { sqlState } = rootCause(error) as { sqlState?: unknown };
  return typeof sqlState === 'string' && sqlState.startsWith('40');
}
