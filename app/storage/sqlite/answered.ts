import { rootCause } from '../../lib/root-cause.ts';
import { FileReplacedError } from '../../lib/store-errors.ts';

/**
 * Whether a failed commit is known to have had no effect. SQLite rolls back when it reports an error, and both drivers pass
 * on its code. Any other error of D1 means that the answer was lost on the way.
 */
export function isAnswered(error: unknown): boolean {
  if (error instanceof FileReplacedError) return true;
  const { code, message } = rootCause(error) as { code?: unknown; message?: unknown };
  return `${code} ${message}`.includes('SQLITE_');
}
