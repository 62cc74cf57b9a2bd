import { expect, test } from 'vitest';
import { parseWrk } from './wrk.ts';

test('what wrk prints is read: the rate of good answers, what failed, and latencies', () => {
  const printed = `Running 3s test @ http://127.0.0.1:5001/
  1 threads and 16 connections
  15170 requests in 3.00s, 5.90MB read
Requests/sec:   5055.71
Transfer/sec:      1.97MB
{"durationUs":3000000,"requests":15170,"badStatus":170,"socketErrors":7,"p50Us":2500,"p99Us":9125}
`;
  expect(parseWrk(printed)).toEqual({
    answered: 15_000,
    answeredPerSecond: 5000,
    failures: 177,
    p50Ms: 2.5,
    p99Ms: 9.125,
  });
});

test('a run in which nothing is answered has no latency', () => {
  const printed = '{"durationUs":1000000,"requests":0,"badStatus":0,"socketErrors":0,"p50Us":0,"p99Us":0}\n';
  expect(parseWrk(printed)).toEqual({
    answered: 0,
    answeredPerSecond: 0,
    failures: 0,
    p50Ms: Number.NaN,
    p99Ms: Number.NaN,
  });
});

test('output without results is an error', () => {
  expect(() => parseWrk('unable to connect to 127.0.0.1:1 Connection refused\n')).toThrow('unable to connect');
});
