import { expect, test } from 'vitest';
import { createRecentCounts, RECENT_BUCKET_MS, RECENT_BUCKETS, sumRecentCounts } from './recent-counts.ts';

const START_MS = 1000 * RECENT_BUCKET_MS;

function setUp() {
  let timeMs = START_MS;
  return {
    counts: createRecentCounts(() => timeMs),
    pass(buckets: number) {
      timeMs += buckets * RECENT_BUCKET_MS;
    },
  };
}

test('counts are in buckets of half a minute, the newest at the end, for five minutes', () => {
  const { counts, pass } = setUp();
  counts.add('a');
  counts.add('a', 4);
  pass(1);
  counts.add('b');
  expect(counts.report()).toEqual({
    lastBucket: 1001,
    counts: { a: [0, 0, 0, 0, 0, 0, 0, 0, 5, 0], b: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
  });
  pass(RECENT_BUCKETS - 1);
  expect(Object.keys(counts.report().counts)).toEqual(['b']);
  pass(1);
  expect(counts.report()).toEqual({ lastBucket: 1011, counts: {} });
});

test.each([
  ['the last buckets', 0, 3],
  ['a bucket that is older than five minutes', -RECENT_BUCKETS, 1],
  ['a bucket in the future, by a clock that was wrong', RECENT_BUCKETS, 1],
])('a process continues the counts of the one before: %s', (_which, buckets, sum) => {
  const before = setUp();
  before.pass(buckets);
  before.counts.add('a', 2);
  const { counts } = setUp();
  counts.add('a');
  counts.resume(before.counts.report());
  expect(counts.report().counts.a?.at(-1)).toBe(sum);
  expect(counts.report().counts.a?.slice(0, -1)).toEqual(Array(RECENT_BUCKETS - 1).fill(0));
});

test.each([
  ['of this time', 1000, 6],
  ['of a replica that reported a minute ago', 998, 6],
  ['whose first bucket is older than five minutes', 992, 5],
  ['of a clock that is ahead', 1001, 3],
  ['of long ago', 900, 0],
])('sums cover the last five minutes: counts %s', (_which, lastBucket, sum) => {
  const report = { lastBucket, counts: { a: [1, 2, 3] } };
  expect(sumRecentCounts([report], START_MS)).toEqual(new Map([['a', sum]]));
  expect(sumRecentCounts([report, report], START_MS)).toEqual(new Map([['a', 2 * sum]]));
});
