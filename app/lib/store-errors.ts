/** The database did not answer, or returned an error. Nothing was written, and the call may be retried. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError';
}

/** The connection to the database broke during a commit, and the outcome is still unknown. */
export class CommitInDoubtError extends StoreUnavailableError {
  override name = 'CommitInDoubtError';
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
