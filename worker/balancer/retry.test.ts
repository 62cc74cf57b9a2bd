import { describe, expect, test } from 'vitest';
import { decide, isFailedTry, isRetryable } from './retry.ts';

const first = { isRetryable: true, isLast: false };
const last = { isRetryable: true, isLast: true };
const firstOfPost = { isRetryable: false, isLast: false };
const lastOfPost = { isRetryable: false, isLast: true };

describe('a failed try', () => {
  const NOT_SENT = false;
  const SENT = true;

  test.each([
    ['A6: after a refused connection the next peer gets the request', NOT_SENT, first, 'retry'],
    ['A6: after a refused connection the next peer gets even a POST', NOT_SENT, firstOfPost, 'retry'],
    ['A6: after a closed connection or a timeout the next peer gets the request', SENT, first, 'retry'],
    ['A6: no other peer gets a POST that one may have received', SENT, firstOfPost, 'fail'],
    ['A7: when the last peer fails the balancer gives up', SENT, last, 'giveUp'],
    ['A7: when the last peer refuses the connection the balancer gives up', NOT_SENT, last, 'giveUp'],
    ['A11: the edge may serve a POST that no peer received', NOT_SENT, lastOfPost, 'giveUp'],
    ['A11: the edge does not serve a POST that a peer may have received', SENT, lastOfPost, 'fail'],
  ])('%s', (_rule, wasSent, tried, step) => {
    expect(decide(wasSent, tried)).toBe(step);
  });
});

describe('a response', () => {
  test.each([
    ['A6: a 503 counts as a failed try', 503, first, true],
    ['A6: a 503 to a POST goes to the client', 503, firstOfPost, false],
    ['A7: the 503 of the last peer goes to the client', 503, last, false],
    ['A6: a 502 of a peer goes to the client', 502, first, false],
    ['A6: a 429 goes to the client', 429, first, false],
    ['A6: a 200 goes to the client', 200, first, false],
  ])('%s', (_rule, status, tried, failed) => {
    expect(isFailedTry(status, tried)).toBe(failed);
  });
});

describe('a request', () => {
  const replayable = { isReplayable: true };
  const streamed = { isReplayable: false };

  test.each([
    ['A6: a GET is retried', 'GET', replayable, true],
    ['A6: a PUT is retried', 'PUT', replayable, true],
    ['A6: a DELETE is retried', 'DELETE', replayable, true],
    ['A6: a POST is never sent twice', 'POST', replayable, false],
    ['A6: a PATCH is never sent twice', 'PATCH', replayable, false],
    ['A6: a LOCK is never sent twice', 'LOCK', replayable, false],
    ['A6: a PUT whose body is streamed cannot be sent again', 'PUT', streamed, false],
  ])('%s', (_rule, method, body, retryable) => {
    expect(isRetryable(method, body)).toBe(retryable);
  });
});
