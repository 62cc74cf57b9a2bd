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

/** What a member of a replication group answers when it cannot tell the outcome: the group may still commit. */
const GROUP_ERRORS = [
  3100, // ER_RUN_HOOK_ERROR: it left the group during the commit
  3796, // ER_GRP_TRX_CONSISTENCY_NOT_ALLOWED
  3797, // ER_GRP_TRX_CONSISTENCY_BEFORE
  3798, // ER_GRP_TRX_CONSISTENCY_AFTER_ON_TRX_BEGIN
  3799, // ER_GRP_TRX_CONSISTENCY_BEGIN_NOT_ALLOWED
];

/** Whether the outcome of a transaction is unknown after this error. */
export function isOutcomeUnknown(error: unknown): boolean {
  return isConnectionError(error) || GROUP_ERRORS.includes(errnoOf(error));
}

const READ_ONLY_ERRORS = [
  1836, // ER_READ_ONLY_MODE
  1874, // ER_INNODB_READ_ONLY
];

/** ER_OPTION_PREVENTS_STATEMENT, which other options cause, too. */
const OPTION_PREVENTS = 1290;

/** The server has become read-only, so what was read from it may be out of date. */
export class ReadOnlyServerError extends Error {
  override name = 'ReadOnlyServerError';
  override message = 'the database server is read-only';
}

/** Whether the server is read-only, and rejected a write if there was one. Nothing was committed. */
export function isReadOnlyServer(error: unknown): boolean {
  if (error instanceof ReadOnlyServerError) return true;
  const errno = errnoOf(error);
  if (errno !== OPTION_PREVENTS) return READ_ONLY_ERRORS.includes(errno);
  return /read[-_]only/.test(`${(rootCause(error) as { message?: unknown }).message}`);
}

/**
 * Whether a lock was not released in time. The transaction that holds it may hang in a commit that its server cannot complete, as a
 * primary that has lost its group.
 */
export function isLockTimeout(error: unknown): boolean {
  return errnoOf(error) === 1205; // ER_LOCK_WAIT_TIMEOUT
}

function errnoOf(error: unknown): number {
  return Number((rootCause(error) as { errno?: unknown }).errno);
}
