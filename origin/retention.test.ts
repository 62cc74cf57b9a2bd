import { describe, expect, test, vi } from 'vitest';
import { StoreUnavailableError } from './errors.ts';
import { createRetention, type RetentionOptions } from './retention.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 1);

/** One wait, which ends when the test says so. */
interface Pause {
  ms: number;
  end: () => void;
}

/** A retention of an hour on a clock that goes on only by what the test lets pass: each batch takes 7 ms. */
function setUp(batches: (number | Error)[], options: Partial<RetentionOptions> = {}) {
  let elapsedMs = 0;
  const pauses: Pause[] = [];
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const purge = vi.fn(async (_olderThanMs: number, _limit: number) => {
    elapsedMs += 7;
    const outcome = batches.shift() ?? 0;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
  const retention = createRetention({
    purge,
    retentionMs: HOUR_MS,
    log,
    nowMs: () => START_MS + elapsedMs,
    monotonicMs: () => elapsedMs,
    random: () => 0.5,
    pause: (ms, signal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) return resolve();
        const end = () => {
          elapsedMs += ms;
          resolve();
        };
        pauses.push({ ms, end });
        signal.addEventListener('abort', () => resolve());
      }),
    ...options,
  });
  retention.start();
  return {
    retention,
    purge,
    log,
    /** The next wait, once it begins. */
    nextPause: () => vi.waitFor(() => pauses.shift() ?? expect.unreachable('nothing is waited for'), { interval: 1 }),
    pauses,
  };
}

describe('retention', () => {
  test.each([
    [0, 30_000],
    [0.5, 60_000],
    [1, 90_000],
  ])('begins a round about a minute after the last one, at random: %d waits %i ms', async (chance, ms) => {
    const { purge, nextPause } = setUp([], { random: () => chance });
    const first = await nextPause();
    expect([first.ms, purge.mock.calls.length]).toEqual([ms, 0]);
    first.end();
    expect((await nextPause()).ms).toBe(ms);
    expect(purge).toHaveBeenCalledTimes(1);
  });

  test('removes batch after batch, waiting four times as long as each took, until one removes nothing', async () => {
    const { purge, nextPause, log } = setUp([500, 499, 1, 0]);
    (await nextPause()).end();
    for (let batch = 0; batch < 3; batch++) {
      const pause = await nextPause();
      expect(pause.ms).toBe(28);
      pause.end();
    }
    expect((await nextPause()).ms).toBe(60_000);
    // What became old during the round is for the next one: a round ends.
    const olderThanMs = START_MS + 60_000 - HOUR_MS;
    expect(purge.mock.calls).toEqual(Array(4).fill([olderThanMs, 500]));
    const told = { rows: 1000, olderThan: '2025-12-31T23:01:00.000Z' };
    expect(log.info.mock.calls).toEqual([[told, 'old visits removed']]);
  });

  test('says nothing of a round that found nothing old', async () => {
    const { nextPause, log } = setUp([0]);
    (await nextPause()).end();
    await nextPause();
    expect(log.info).not.toHaveBeenCalled();
  });

  test('leaves a round that fails to the next one', async () => {
    const { purge, nextPause, log } = setUp([500, new StoreUnavailableError('no database'), 3]);
    (await nextPause()).end();
    (await nextPause()).end();
    const untilNextRound = await nextPause();
    expect([untilNextRound.ms, purge.mock.calls.length]).toEqual([60_000, 2]);
    untilNextRound.end();
    expect((await nextPause()).ms).toBe(28);
    expect(log.info).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['between rounds', 0],
    ['between batches', 1],
  ])('stops at once %s', async (_when, pausesBefore) => {
    const { retention, purge, nextPause, pauses } = setUp([500, 500, 500]);
    for (let i = 0; i < pausesBefore; i++) (await nextPause()).end();
    await nextPause();
    await retention.stop();
    expect([purge.mock.calls.length, pauses]).toEqual([pausesBefore, []]);
  });

  test('waits for the batch that is under way before it has stopped', async () => {
    const batch = Promise.withResolvers<number>();
    const purge = vi.fn(() => batch.promise);
    const { retention, nextPause } = setUp([], { purge });
    (await nextPause()).end();
    await vi.waitFor(() => expect(purge).toHaveBeenCalled(), { interval: 1 });
    const events: string[] = [];
    const stopped = retention.stop().then(() => events.push('stopped'));
    await new Promise(setImmediate);
    events.push('removed');
    batch.resolve(500);
    await stopped;
    expect(events).toEqual(['removed', 'stopped']);
    expect(purge).toHaveBeenCalledTimes(1);
  });

  test('stops where it was never started', async () => {
    const purge = vi.fn();
    const { stop } = createRetention({
      purge,
      retentionMs: HOUR_MS,
      log: { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() },
    });
    await stop();
    expect(purge).not.toHaveBeenCalled();
  });

  test('waits by the clock of the process where none is given, and no longer than until it stops', async () => {
    vi.useFakeTimers();
    try {
      const purge = vi.fn(async () => 0);
      const retention = createRetention({
        purge,
        retentionMs: HOUR_MS,
        log: { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() },
      });
      retention.start();
      await vi.advanceTimersByTimeAsync(29_999);
      expect(purge).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(60_002);
      expect(purge).toHaveBeenCalled();
      await retention.stop();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
