/** The database did not answer, or refused: the visit is not counted and may be tried again. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError';
}

/** The database broke off in the middle of a commit and has not said since whether it took place. */
export class CommitInDoubtError extends StoreUnavailableError {
  override name = 'CommitInDoubtError';
}

/** The database has its tables but not the one row of `global_counter`. */
export class MissingCounterError extends Error {
  override name = 'MissingCounterError';
  override message = 'global_counter has no row: run the migrations (npx drizzle-kit migrate)';
}

/** SQLite's file is no longer the one that was opened: nothing was written. */
export class FileReplacedError extends Error {
  override name = 'FileReplacedError';

  constructor(path: string) {
    super(
      `${path} was removed or replaced while it was in use: stop all replicas, put the file in place, remove ${path}-wal ` +
        `and ${path}-shm if they belong to another file, and start again`,
    );
  }
}

/** More visits wait for the database than `VISIT_QUEUE_LIMIT` allows: this one was turned away before it was counted. */
export class VisitQueueFullError extends Error {
  override name = 'VisitQueueFullError';

  constructor(limit: number) {
    super(`${limit} visits are already waiting for the database`);
  }
}

/** What a client is told of a failure: nothing of the inside. */
export interface PublicError {
  status: 500 | 503;
  message: string;
  /** Seconds, RFC 9110 section 10.2.3. */
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

/** The one table from failures to answers; what is not in it is our own bug, a 500. */
export function publicError(error: unknown): PublicError {
  const known = publicErrors.find(([kind]) => error instanceof kind);
  return known ? known[1] : { status: 500, message: 'Internal error.' };
}
