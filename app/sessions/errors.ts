/** The new state is larger than a session may be. */
export class SessionTooLargeError extends Error {
  override name = 'SessionTooLargeError';

  constructor(bytes: number, maxBytes: number) {
    super(`a session holds at most ${maxBytes} bytes of JSON, got ${bytes}`);
  }
}

/** The new state is not JSON. */
export class SessionNotJsonError extends Error {
  override name = 'SessionNotJsonError';
}

/** Other replicas changed the session again and again until the deadline. Nothing was changed. */
export class SessionConflictError extends Error {
  override name = 'SessionConflictError';

  constructor(timeoutMs: number) {
    super(`the session was changed elsewhere again and again for ${timeoutMs} ms`);
  }
}

/** The session ended while this request used it. Nothing was changed. */
export class SessionEndedError extends Error {
  override name = 'SessionEndedError';
  override message = 'the session ended during the request';
}

/** Too many session changes or reads already wait for the database. */
export class SessionQueueFullError extends Error {
  override name = 'SessionQueueFullError';

  constructor(limit: number) {
    super(`${limit} session operations are already waiting for the database`);
  }
}
