/** The database has its tables, but `global_counter` has no row. */
export class MissingCounterError extends Error {
  override name = 'MissingCounterError';
  override message = 'global_counter has no row: run the migrations (npx drizzle-kit migrate)';
}

/** `VISIT_QUEUE_LIMIT` visits already wait for the database. This one was rejected before it was counted. */
export class VisitQueueFullError extends Error {
  override name = 'VisitQueueFullError';

  constructor(limit: number) {
    super(`${limit} visits are already waiting for the database`);
  }
}
