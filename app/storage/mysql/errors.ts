import { rootCause } from '../../lib/root-cause.ts';

/**
 * Whether an error is the connection's and not the server's answer to a statement. A server that shuts down or kills the
 * connection (SQLSTATE classes 08 and 70) sends an answer, too, but none that tells what became of the transaction.
 */
export function isConnectionError(error: unknown): boolean {
  const { fatal, sqlState } = rootCause(error) as { fatal?: unknown; sqlState?: unknown };
  return fatal === true || (typeof sqlState === 'string' && /^(08|70)/.test(sqlState));
}

/**
 * Whether the server gave up a transaction that may succeed when it runs again: SQLSTATE class 40, a deadlock for example.
 * Nothing of it was committed.
 */
export function isRolledBack(error: unknown): boolean {
  const { sqlState } = rootCause(error) as { sqlState?: unknown };
  return typeof sqlState === 'string' && sqlState.startsWith('40');
}
