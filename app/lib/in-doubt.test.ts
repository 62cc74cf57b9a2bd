import { expect, test } from 'vitest';
import { resolveInDoubt } from './in-doubt.ts';
import { CommitInDoubtError, StoreUnavailableError } from './store-errors.ts';

/** Runs the attempts against a clock that only pauses move. */
async function run(timeoutMs: number, outcomes: (attempt: number) => unknown) {
  let nowMs = 0;
  const attemptsAtMs: number[] = [];
  const commit = async () => {
    attemptsAtMs.push(nowMs);
    const outcome = outcomes(attemptsAtMs.length);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const pause = async (ms: number) => {
    nowMs += ms;
  };
  const resolved = resolveInDoubt(commit, { timeoutMs, pause, monotonicMs: () => nowMs });
  const result = await resolved.catch((error: unknown) => error);
  return { result, attemptsAtMs };
}

test('the first attempt that succeeds is the outcome', async () => {
  const { result, attemptsAtMs } = await run(12_000, (attempt) => (attempt < 4 ? new CommitInDoubtError() : 'done'));
  expect(result).toBe('done');
  expect(attemptsAtMs).toEqual([100, 300, 700, 1500]);
});

test.each([1000, 8000, 12_000])('attempts begin within %i ms, the last one close to the end', async (timeoutMs) => {
  const { result, attemptsAtMs } = await run(timeoutMs, () => new StoreUnavailableError('away'));
  expect(result).toMatchObject({ name: 'CommitInDoubtError', cause: new StoreUnavailableError('away') });
  expect(attemptsAtMs.at(-1)).toBeLessThanOrEqual(timeoutMs);
  expect(attemptsAtMs.at(-1)).toBeGreaterThan(timeoutMs - 1000);
});

test('an error that blames the commit itself ends it', async () => {
  const { result, attemptsAtMs } = await run(12_000, () => new RangeError('wrong'));
  expect(result).toEqual(new RangeError('wrong'));
  expect(attemptsAtMs).toHaveLength(1);
});
