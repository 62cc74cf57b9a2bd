import { describe, expect, test, vi } from 'vitest';
import type { AffinityVerdict } from '../affinity/verdict.ts';
import { HISTORY_BUCKET_MS } from './registry.ts';
import { createStatsRecorder, type StatsRecorderOptions } from './stats.ts';

const START_MS = 1_000_000_000;

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
    visit(clientId: string, affinity: AffinityVerdict = 'new') {
      number++;
      const visit = { number, timeMs, requestId: `r${number}`, clientId };
      traffic.observe({ route: '/', status: 200, affinity, durationMs: number, visit });
    },
  };
}

describe('the stats of a replica', () => {
  test('are all zero at first', () => {
    expect(setUp().traffic.figures()).toMatchObject({ visits: 0, errors: 0, visitsPerSecond: 0, mooredClients: 0 });
  });

  test('a client that visits twice is moored once', () => {
    const { traffic, visit } = setUp();
    visit('a');
    visit('a', 'hit');
    visit('b');
    expect(traffic.figures()).toMatchObject({ visits: 3, mooredClients: 2 });
  });

  test.each([-3_600_000, 3_600_000])(
    'setting the clock by %i ms changes neither the moored clients nor the rate',
    (ms) => {
      const { traffic, visit, pass, stepClock } = setUp();
      visit('a');
      pass(200_000);
      visit('b');
      stepClock(ms);
      visit('c');
      pass(1000);
      expect(traffic.figures()).toMatchObject({ mooredClients: 3, visitsPerSecond: 2 / 3 });
      pass(100_000);
      expect(traffic.figures()).toMatchObject({ mooredClients: 2, visitsPerSecond: 0 });
    },
  );

  test('a client is moored until five minutes after its last visit', () => {
    const { traffic, visit, pass } = setUp();
    visit('a');
    visit('b');
    pass(299_000);
    visit('a', 'hit');
    pass(1000);
    expect(traffic.figures().mooredClients).toBe(1);
    pass(299_000);
    expect(traffic.figures().mooredClients).toBe(0);
  });

  test('a client that let go is no longer moored', () => {
    const { traffic, visit } = setUp();
    visit('a');
    visit('b');
    traffic.release('a');
    traffic.release('somebody else');
    expect(traffic.figures().mooredClients).toBe(1);
  });

  test('the number of moored clients is bounded; the most recent are kept', () => {
    const { traffic, visit } = setUp({ clientLimit: 3 });
    for (const clientId of ['a', 'b', 'c', 'd', 'e']) visit(clientId);
    expect(traffic.figures().mooredClients).toBe(3);
    traffic.release('e');
    traffic.release('a');
    expect(traffic.figures().mooredClients).toBe(2);
  });

  test('visits per second are the mean of the last three whole seconds', () => {
    const { traffic, visit, pass } = setUp();
    for (const visits of [9, 3, 3, 6, 100]) {
      for (let count = 0; count < visits; count++) visit('a');
      pass(1000);
    }
    pass(-1000);
    expect(traffic.figures().visitsPerSecond).toBe(4);
    pass(10_000);
    expect(traffic.figures().visitsPerSecond).toBe(0);
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

  test('only visits are measured', () => {
    const { traffic, visit, latency } = setUp();
    visit('a');
    traffic.observe({ route: '/showcount', status: 200, affinity: 'hit', durationMs: 99 });
    expect(latency.record.mock.calls).toEqual([[1]]);
    expect(traffic.figures()).toMatchObject({ visits: 1, errors: 0, latencyMs: { p50: 1, p95: 2, p99: 3 } });
  });

  test.each([
    ['/', 503, 1],
    ['/', 500, 1],
    ['/', 200, 0],
    ['/', 425, 0],
    ['/readyz', 503, 0],
  ])('%s answered %i without a visit is %i refused', (route, status, errors) => {
    const { traffic } = setUp();
    traffic.observe({ route, status, affinity: 'new', durationMs: 1 });
    expect(traffic.figures()).toMatchObject({ errors, visits: 0 });
    expect(traffic.figures().history.refused.at(-1)).toBe(errors);
  });

  test('a replica that restarts continues the history and the last visits of the process before it', () => {
    const before = setUp();
    before.visit('a', 'hit');
    before.visit('a', 'hit');
    before.traffic.observe({ route: '/', status: 503, affinity: 'hit', durationMs: 1 });
    const { traffic, visit, pass } = setUp();
    pass(HISTORY_BUCKET_MS);
    visit('b', 'new');
    traffic.resume(before.traffic.figures());
    const { history, lastVisits, visits } = traffic.figures();
    expect([history.verdicts.hit.slice(-2), history.verdicts.new.slice(-2)]).toEqual([
      [2, 0],
      [0, 1],
    ]);
    expect(history.refused.slice(-2)).toEqual([1, 0]);
    expect(lastVisits).toHaveLength(3);
    expect(visits).toBe(1);
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
