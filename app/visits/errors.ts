/** The database did not answer, or returned an error. The visit is not counted and may be retried. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError';
}

/** The connection to the database broke during a commit, and the outcome is still unknown. */
export class CommitInDoubtError extends StoreUnavailableError {
  override name = 'CommitInDoubtError';
}

/** The database has its tables, but `global_counter` has no row. */
export class MissingCounterError extends Error {
  override name = 'MissingCounterError';
  override message = 'global_counter has no row: run the migrations (npx drizzle-kit migrate)';
}

/** The SQLite file is no longer the one that was opened. Nothing was written. */
export class FileReplacedError extends Error {
  override name = 'FileReplacedError';

  constructor(path: string) {
    super(
      `${path} was removed or replaced while it was in use: stop all replicas, put the file in place, remove ${path}-wal ` +
        `and ${path}-shm if they belong to another file, and start again`,
    );
  }
}

/** `VISIT_QUEUE_LIMIT` visits already wait for the database. This one was rejected before it was counted. */
export class VisitQueueFullError extends Error {
  override name = 'VisitQueueFullError';

  constructor(limit: number) {
    super(`${limit} visits are already waiting for the database`);
  }
}

/** A failure as clients see it, without internal details. */
export interface PublicError {
  status: 500 | 503;
  message: string;
  /** In seconds (RFC 9110 section 10.2.3). */
  retryAfterSeconds?: number;
}

const publicErrors: [new (...args: never[]) => Error, PublicError][] = [
  [
    StoreUnavailableError,
    {
      status: 503,
      message: 'The database is not available.',
      retryAfterSeconds: 1,
    },
  ],
  [VisitQueueFullError, { status: 503, message: 'Too many visits at once.', retryAfterSeconds: 1 }],
];

/** Maps a failure to its response. An error that the table does not list is a bug of ours: 500. */
export function publicError(error: unknown): PublicError {
  const known = publicErrors.find(([kind]) => error instanceof kind);
  return known ? known[1] : { status: 500, message: 'Internal error.' };
}
