import { expect, test } from 'vitest';
import { createSessionRecorder } from './session-figures.ts';

function setUp(stats = { memoryReads: 7, databaseReads: 0, commits: 0, conflicts: 0 }) {
  let timeMs = 30_000_000;
  const recorder = createSessionRecorder({ stats, cache: { size: () => ({ copies: 2, bytes: 34 }) } }, () => timeMs);
  return {
    stats,
    recorder,
    pass(ms: number) {
      timeMs += ms;
    },
  };
}

test('the figures are what is in memory, and what happened since the start in its half minute', () => {
  const { stats, recorder, pass } = setUp();
  expect(recorder.figures()).toEqual({ copies: 2, bytes: 34, recent: { lastBucket: 1000, counts: {} } });
  stats.memoryReads += 3;
  stats.conflicts += 1;
  recorder.figures();
  pass(30_000);
  stats.memoryReads += 5;
  expect(recorder.figures().recent).toEqual({
    lastBucket: 1001,
    counts: { memoryReads: [0, 0, 0, 0, 0, 0, 0, 0, 3, 5], conflicts: [0, 0, 0, 0, 0, 0, 0, 0, 1, 0] },
  });
});

test('a process continues the counts of the one before', () => {
  const before = setUp();
  before.stats.commits += 4;
  const { stats, recorder } = setUp();
  stats.commits += 1;
  recorder.resume(before.recorder.figures());
  expect(recorder.figures().recent.counts.commits?.at(-1)).toBe(5);
});
