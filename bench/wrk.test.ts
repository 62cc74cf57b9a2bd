import { expect, test } from 'vitest';
import { parseWrk } from './wrk.ts';

test('what wrk prints is read: the rate, and whatever failed', () => {
  const printed = `Running 3s test @ http://127.0.0.1:5001/
  1 threads and 16 connections
  15170 requests in 3.00s, 5.90MB read
  Socket errors: connect 1, read 2, write 0, timeout 4
  Non-2xx or 3xx responses: 30
Requests/sec:   5055.71
Transfer/sec:      1.97MB
`;
  expect(parseWrk(printed)).toEqual({ requestsPerSecond: 5055.71, failures: 37 });
});

test('a run without failures has none', () => {
  expect(parseWrk('Requests/sec:     12.00\n')).toEqual({ requestsPerSecond: 12, failures: 0 });
});
