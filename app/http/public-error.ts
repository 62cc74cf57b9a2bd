import { StoreUnavailableError } from '../lib/store-errors.ts';
import {
  SessionConflictError,
  SessionEndedError,
  SessionQueueFullError,
  SessionTooLargeError,
} from '../sessions/errors.ts';
import { ConstraintError } from '../tables/errors.ts';
import { VisitQueueFullError } from '../visits/errors.ts';

/** A failure as clients see it, without internal details. */
export interface PublicError {
  status: 409 | 413 | 500 | 503;
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
  [SessionQueueFullError, { status: 503, message: 'Too many requests at once.', retryAfterSeconds: 1 }],
  [SessionConflictError, { status: 503, message: 'The session is being changed elsewhere.', retryAfterSeconds: 1 }],
  [ConstraintError, { status: 409, message: 'The change conflicts with what is stored.' }],
  [SessionEndedError, { status: 409, message: 'The session has ended.' }],
  [SessionTooLargeError, { status: 413, message: 'The session would become too large.' }],
];

/** Maps a failure to its response. An error that the table does not list is a bug of ours: 500. */
export function publicError(error: unknown): PublicError {
  const known = publicErrors.find(([kind]) => error instanceof kind);
  return known ? known[1] : { status: 500, message: 'Internal error.' };
}
