import { expect, test } from 'vitest';
import { CommitInDoubtError, StoreUnavailableError } from '../lib/store-errors.ts';
import {
  SessionConflictError,
  SessionEndedError,
  SessionNotJsonError,
  SessionQueueFullError,
  SessionTooLargeError,
} from '../sessions/errors.ts';
import { VisitQueueFullError } from '../visits/errors.ts';
import { publicError } from './public-error.ts';

const SECRET = 'mysql://user:hunter2@db';

test.each([
  [new StoreUnavailableError(SECRET), { status: 503, message: 'The database is not available.', retryAfterSeconds: 1 }],
  [new CommitInDoubtError(SECRET), { status: 503, message: 'The database is not available.', retryAfterSeconds: 1 }],
  [new VisitQueueFullError(10), { status: 503, message: 'Too many visits at once.', retryAfterSeconds: 1 }],
  [new SessionQueueFullError(10), { status: 503, message: 'Too many requests at once.', retryAfterSeconds: 1 }],
  [
    new SessionConflictError(10),
    { status: 503, message: 'The session is being changed elsewhere.', retryAfterSeconds: 1 },
  ],
  [new SessionEndedError(), { status: 409, message: 'The session has ended.' }],
  [new SessionTooLargeError(2, 1), { status: 413, message: 'The session would become too large.' }],
  [new SessionNotJsonError(SECRET), { status: 500, message: 'Internal error.' }],
  [new Error(SECRET), { status: 500, message: 'Internal error.' }],
  [SECRET, { status: 500, message: 'Internal error.' }],
  [undefined, { status: 500, message: 'Internal error.' }],
])('clients see %s as %j', (error, told) => {
  expect(publicError(error)).toEqual(told);
});

test('VisitQueueFullError has the number of waiting visits', () => {
  expect(new VisitQueueFullError(10).message).toBe('10 visits are already waiting for the database');
});
