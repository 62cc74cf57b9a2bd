import { describe, expect, test, vi } from 'vitest';
import type { AffinityVerdict } from '../affinity/verdict.ts';
import { HISTORY_BUCKET_MS } from './registry.ts';
import type { RequestEvent } from './request-event.ts';
import { createStatsRecorder, type StatsRecorderOptions } from './stats.ts';

const START_MS = 1_000_000_000;
/** The earlier buckets of recent counts. */
const NONE = Array<number>(9).fill(0);

function setUp(options: Partial<StatsRecorderOptions> = {}) {
  let timeMs = START_MS;
  let stepMs = 0;
  let number = 0;
  const latency = { record: vi.fn(), percentilesMs: () => ({ p50: 1, p95: 2, p99: 3 }) };
  const traffic = createStatsRecorder({ latency, nowMs: () => timeMs + stepMs, monotonicMs: () => timeMs, ...options });
  return {
    traffic,
    latency,
    pass(ms: number) {
      timeMs += ms;
    },
    stepClock(ms: number) {
      stepMs += ms;
    },
    request,
    visit(id: string, affinity: AffinityVerdict = 'new') {
      number++;
      const visit = { number, timeMs, requestId: `r${number}` };
      request({ affinity, durationMs: number, client: { id, address: '10.0.0.1', hasLetGo: false }, visit });
    },
  };

  function request(fields: Partial<RequestEvent> = {}): void {
    const client = { id: 'a', address: '10.0.0.1', hasLetGo: false };
    traffic.observe({ route: '/', method: 'GET', status: 200, affinity: 'hit', durationMs: 1, client, ...fields });
  }
}

describe('the stats of a replica', () => {
  test('are all zero at first', () => {
    const none = { requests: 0, errors: 0, visits: 0, requestsPerSecond: 0, visitsPerSecond: 0, mooredClients: 0 };
    expect(setUp().traffic.figures()).toMatchObject(none);
  });

  test('a client that visits twice is counted once', () => {
    const { traffic, visit } = setUp();
    visit('a');
    visit('a', 'hit');
    visit('b');
    expect(traffic.figures()).toMatchObject({ visits: 3, mooredClients: 2 });
  });

  test.each([-3_600_000, 3_600_000])('setting the clock by %i ms changes neither the clients nor the rates', (ms) => {
    const { traffic, visit, pass, stepClock } = setUp();
    visit('a');
    pass(200_000);
    visit('b');
    stepClock(ms);
    visit('c');
    pass(1000);
    expect(traffic.figures()).toMatchObject({ mooredClients: 3, requestsPerSecond: 2 / 3 });
    pass(100_000);
    expect(traffic.figures()).toMatchObject({ mooredClients: 2, requestsPerSecond: 0 });
  });

  test('requests and visits per second are the mean of the last three whole seconds', () => {
    const { traffic, visit, request, pass } = setUp();
    for (const visits of [9, 3, 3, 6, 100]) {
      for (let count = 0; count < visits; count++) visit('a');
      for (let count = 0; count < visits; count++) request({ route: '/cart' });
      pass(1000);
    }
    pass(-1000);
    expect(traffic.figures()).toMatchObject({ visitsPerSecond: 4, requestsPerSecond: 8 });
    pass(10_000);
    expect(traffic.figures()).toMatchObject({ visitsPerSecond: 0, requestsPerSecond: 0 });
  });

  test('verdicts go into buckets of five seconds, the newest at the end, for five minutes', () => {
    const { traffic, visit, pass } = setUp();
    visit('a', 'new');
    pass(HISTORY_BUCKET_MS);
    visit('a', 'hit');
    visit('a', 'hit');
    visit('a', 'moved');
    visit('a', 'invalid');
    const { lastBucket, verdicts } = traffic.figures().history;
    expect(lastBucket).toBe(START_MS / HISTORY_BUCKET_MS + 1);
    expect(Object.values(verdicts).map((counts) => counts.length)).toEqual([60, 60, 60, 60]);
    expect(Object.values(verdicts).map((counts) => counts.slice(-2))).toEqual([
      [1, 0],
      [0, 2],
      [0, 1],
      [0, 1],
    ]);
    pass(300_000);
    expect(Object.values(traffic.figures().history.verdicts).flat()).toEqual(Array(240).fill(0));
  });

  test('the last ten visits are listed newest first, without data of the client', () => {
    const { traffic, visit } = setUp();
    for (let count = 0; count < 12; count++) visit('a', 'hit');
    const { lastVisits } = traffic.figures();
    expect(lastVisits.map(({ number }) => number)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(lastVisits[0]).toEqual({ number: 12, timeMs: START_MS, affinity: 'hit', requestId: 'r12' });
  });

  test.each(['/', '/showcount', '/cart/:item', '*'])('a request to %s is counted and timed', (route) => {
    const { traffic, request, latency } = setUp();
    request({ route, durationMs: 99 });
    expect(latency.record.mock.calls).toEqual([[99]]);
    const counted = { requests: 1, errors: 0, visits: 0, mooredClients: 1, latencyMs: { p50: 1, p95: 2, p99: 3 } };
    expect(traffic.figures()).toMatchObject(counted);
    expect(traffic.figures().history.verdicts.hit.at(-1)).toBe(1);
    expect(traffic.figures().traffic?.counts).toEqual({ [`2xx ${route}`]: [...NONE, 1] });
  });

  test.each([
    '/healthz',
    '/readyz',
    '/favicon.ico',
    '/assets/:name',
    '/assets/:version/:name',
    '/dashboard',
    '/dashboard/events',
  ])('a request to %s is not counted', (route) => {
    const { traffic, request } = setUp();
    request({ route, status: 503 });
    expect(traffic.figures()).toEqual(setUp().traffic.figures());
  });

  test.each([
    ['/', 503, 1],
    ['/cart', 500, 1],
    ['*', 404, 0],
    ['/', 425, 0],
    ['/ws', 101, 0],
  ])('%s answered %i is %i errors, and counted by its class', (route, status, errors) => {
    const { traffic, request } = setUp();
    request({ route, status });
    const { history, ...figures } = traffic.figures();
    expect(figures).toMatchObject({ requests: 1, errors, visits: 0 });
    expect([history.refused.at(-1), history.verdicts.hit.at(-1)]).toEqual([errors, 1 - errors]);
    expect(figures.traffic?.counts).toEqual({ [`${`${status}`[0]}xx ${route}`]: [...NONE, 1] });
  });

  test('a replica that restarts continues the history and the last visits of the process before it', () => {
    const before = setUp();
    before.visit('a', 'hit');
    before.visit('a', 'hit');
    before.request({ status: 503 });
    const { traffic, visit, pass } = setUp();
    pass(HISTORY_BUCKET_MS);
    visit('b', 'new');
    traffic.resume(before.traffic.figures());
    const { history, lastVisits, requests, visits, traffic: { counts } = { counts: {} } } = traffic.figures();
    expect([history.verdicts.hit.slice(-2), history.verdicts.new.slice(-2)]).toEqual([
      [2, 0],
      [0, 1],
    ]);
    expect(history.refused.slice(-2)).toEqual([1, 0]);
    expect(lastVisits).toHaveLength(3);
    expect([requests, visits]).toEqual([1, 1]);
    expect(counts).toEqual({ '2xx /': [...NONE, 3], '5xx /': [...NONE, 1] });
  });

  test.each([
    ['older than the history', -400_000],
    ['ahead, by a clock that was wrong', 3_600_000],
  ])('data of the previous process is not shown when it is %s', (_when, ms) => {
    const before = setUp();
    before.pass(ms);
    before.visit('a', 'hit');
    const { traffic, visit } = setUp();
    visit('b', 'hit');
    traffic.resume(before.traffic.figures());
    expect(traffic.figures().history.verdicts.hit.at(-1)).toBe(1);
    expect(traffic.figures().history.verdicts.hit.slice(0, -1)).toEqual(Array(59).fill(0));
  });
});
