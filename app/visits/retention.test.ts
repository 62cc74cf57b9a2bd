import { describe, expect, test, vi } from 'vitest';
import { StoreUnavailableError } from '../lib/store-errors.ts';
import { createRetention, type RetentionOptions } from './retention.ts';
import type { PurgeOptions } from './visit.ts';

const HOUR_MS = 3_600_000;
/** The number of rounds before a replica removes anything. */
const ROUNDS_BEFORE_FIRST_PURGE = 10;

/** A pause, which ends when the test ends it. */
interface Pause {
  ms: number;
  end: () => void;
}

/**
 * A retention of one hour, on a clock that only the test advances. Each batch takes 7 ms. The counter is 100 at the first round,
 * and grows by 100 with each further one.
 */
function setUp(batches: (number | Error)[], options: Partial<RetentionOptions> = {}) {
  let elapsedMs = 0;
  let counter = 0;
  const pauses: Pause[] = [];
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const purge = vi.fn(async (_options: PurgeOptions) => {
    elapsedMs += 7;
    const outcome = batches.shift() ?? 0;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
  const retention = createRetention({
    purge,
    count: async () => (counter += 100),
    retentionMs: HOUR_MS,
    log,
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
  /** Resolves with the next pause when it begins. */
  const nextPause = () =>
    vi.waitFor(() => pauses.shift() ?? expect.unreachable('nothing is waited for'), { interval: 1 });
  return {
    retention,
    purge,
    log,
    nextPause,
    pauses,
    /** Skips the rounds in which a replica removes nothing yet. */
    async passRetryWindow() {
      for (let round = 0; round < ROUNDS_BEFORE_FIRST_PURGE; round++) (await nextPause()).end();
    },
  };
}

describe('retention', () => {
  test.each([
    [0, 30_000],
    [0.5, 60_000],
    [1, 90_000],
  ])('begins a round at a random time about a minute after the last one: %d waits %i ms', async (chance, ms) => {
    const count = vi.fn(async () => 0);
    const { nextPause } = setUp([], { random: () => chance, count });
    const first = await nextPause();
    expect([first.ms, count.mock.calls.length]).toEqual([ms, 0]);
    first.end();
    expect((await nextPause()).ms).toBe(ms);
    expect(count).toHaveBeenCalledTimes(1);
  });

  test('V3: removes no row counted within the last ten minutes by a clock that cannot be set', async () => {
    const { purge, nextPause, passRetryWindow } = setUp([]);
    await passRetryWindow();
    await nextPause().then(({ end }) => end());
    const { end } = await nextPause();
    expect(purge.mock.calls).toEqual([[{ ageMs: HOUR_MS, upTo: 100, limit: 500 }]]);
    end();
    await nextPause();
    expect(purge.mock.lastCall).toEqual([{ ageMs: HOUR_MS, upTo: 200, limit: 500 }]);
  });

  test('V3: delays the removal when the counter cannot be read', async () => {
    let calls = 0;
    const count = async () => {
      if (++calls <= 3) throw new StoreUnavailableError('no database');
      return calls;
    };
    const { purge, nextPause, passRetryWindow } = setUp([], { count });
    await passRetryWindow();
    for (let round = 0; round < 3; round++) (await nextPause()).end();
    await nextPause();
    expect(purge).not.toHaveBeenCalled();
  });

  test('removes batches until one is empty, and pauses four times as long as each took', async () => {
    const { purge, nextPause, passRetryWindow, log } = setUp([500, 499, 1, 0]);
    await passRetryWindow();
    (await nextPause()).end();
    for (let batch = 0; batch < 3; batch++) {
      const pause = await nextPause();
      expect(pause.ms).toBe(28);
      pause.end();
    }
    expect((await nextPause()).ms).toBe(60_000);
    // The round ends; the next one removes what was counted since.
    expect(purge.mock.calls).toEqual(Array(4).fill([{ ageMs: HOUR_MS, upTo: 100, limit: 500 }]));
    expect(log.info.mock.calls).toEqual([[{ rows: 1000, retentionMs: HOUR_MS }, 'old visits removed']]);
  });

  test('logs nothing about a round that found nothing old', async () => {
    const { nextPause, passRetryWindow, log } = setUp([0]);
    await passRetryWindow();
    (await nextPause()).end();
    await nextPause();
    expect(log.info).not.toHaveBeenCalled();
  });

  test('continues with the next round after a failure', async () => {
    const { purge, nextPause, passRetryWindow, log } = setUp([500, new StoreUnavailableError('no database'), 3]);
    await passRetryWindow();
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
    const { retention, purge, nextPause, passRetryWindow, pauses } = setUp([500, 500, 500]);
    await passRetryWindow();
    for (let i = 0; i < pausesBefore; i++) (await nextPause()).end();
    await nextPause();
    await retention.stop();
    expect([purge.mock.calls.length, pauses]).toEqual([pausesBefore, []]);
  });

  test('stops after the batch in flight', async () => {
    const batch = Promise.withResolvers<number>();
    const purge = vi.fn(() => batch.promise);
    const { retention, nextPause, passRetryWindow } = setUp([], { purge });
    await passRetryWindow();
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

  test('stops even if it was never started', async () => {
    const purge = vi.fn();
    const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const { stop } = createRetention({ purge, count: async () => 0, retentionMs: HOUR_MS, log });
    await stop();
    expect(purge).not.toHaveBeenCalled();
  });

  test("pauses by the process' clock by default, and ends the pause when it stops", async () => {
    vi.useFakeTimers();
    try {
      const [purge, count] = [vi.fn(async () => 0), vi.fn(async () => 0)];
      const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
      const retention = createRetention({ purge, count, retentionMs: HOUR_MS, log });
      retention.start();
      await vi.advanceTimersByTimeAsync(29_999);
      expect(count).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(60_002);
      expect(count).toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(12 * 60_000);
      expect(purge).toHaveBeenCalled();
      await retention.stop();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
