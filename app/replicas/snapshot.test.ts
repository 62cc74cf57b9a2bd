import { describe, expect, test } from 'vitest';
import { figures, history, report } from '../../testkit/replicas/reports.ts';
import { RECENT_BUCKET_MS } from './recent-counts.ts';
import { HISTORY_BUCKET_MS, type ReplicaReport } from './registry.ts';
import { createSnapshotReader, GONE_AFTER_MS, takeSnapshot } from './snapshot.ts';

const NOW_MS = 100 * HISTORY_BUCKET_MS;

function seen(sid: string, fields: Partial<ReplicaReport> = {}, seenMsAgo = 10) {
  return { ...report(sid, fields), seenMsAgo };
}

describe('the state of a replica', () => {
  test.each([
    ['ready', 0, 'ready', false],
    ['ready', GONE_AFTER_MS, 'ready', false],
    ['ready', GONE_AFTER_MS + 1, 'gone', true],
    ['draining', 10, 'draining', false],
    ['draining', GONE_AFTER_MS + 1, 'gone', true],
    ['stopped', 10, 'gone', false],
    ['stopped', 60_000, 'gone', false],
  ] as const)('%s %i ms ago is %s, lost: %s', (said, seenMsAgo, state, isLost) => {
    const { replicas } = takeSnapshot(0, [seen('a', { state: said }, seenMsAgo)], NOW_MS);
    expect(replicas).toEqual([expect.objectContaining({ sid: 'a', state, isLost, seenMsAgo })]);
  });
});

test('rates, clients and sessions are sums over the replicas that are not gone', () => {
  const recent = { lastBucket: 1, counts: { memoryReads: [5, 1], commits: [2] } };
  const sessions = { copies: 4, bytes: 100, recent };
  const each = { figures: figures({ requestsPerSecond: 20, visitsPerSecond: 10, mooredClients: 3, sessions }) };
  const replicas = [seen('a', each), seen('b', { ...each, state: 'draining' }), seen('c', each, 9000)];
  expect(takeSnapshot(42, replicas, NOW_MS)).toMatchObject({
    count: 42,
    requestsPerSecond: 40,
    visitsPerSecond: 20,
    mooredClients: 6,
    sessions: { copies: 8, bytes: 200, memoryReads: 12, databaseReads: 0, commits: 4, conflicts: 0 },
  });
});

test('replicas are sorted by address, numerically', () => {
  const addresses = ['10.0.0.10:5000', '10.0.0.9:5000', '10.0.0.9:4999', 'b:5000'];
  const { replicas } = takeSnapshot(
    0,
    addresses.map((address) => seen(address, { address })),
    NOW_MS,
  );
  expect(replicas.map(({ address }) => address)).toEqual([
    '10.0.0.9:4999',
    '10.0.0.9:5000',
    '10.0.0.10:5000',
    'b:5000',
  ]);
});

test('histories are added up bucket by bucket, wherever each history ends', () => {
  const hits = (lastBucket: number, ...hit: number[]) => ({
    figures: figures({ history: history(lastBucket, { hit, refused: hit.map((count) => 2 * count) }) }),
  });
  const replicas = [
    seen('a', hits(100, 1, 2, 3)),
    seen('b', hits(99, 10, 20), 9000),
    seen('c', hits(101, 500)),
    seen('d', hits(1, 9)),
  ];
  const { startMs, bucketMs, verdicts, refused } = takeSnapshot(0, replicas, NOW_MS).history;
  expect([startMs, bucketMs]).toEqual([41 * HISTORY_BUCKET_MS, HISTORY_BUCKET_MS]);
  expect(verdicts.hit.slice(-4)).toEqual([0, 11, 22, 3]);
  expect(refused.slice(-4)).toEqual([0, 22, 44, 6]);
  expect(verdicts.hit).toHaveLength(60);
  expect(verdicts.new).toEqual(Array(60).fill(0));
});

test('the last visits of all replicas are listed newest first, each with its replica', () => {
  const visitsFrom = (first: number) =>
    Array.from({ length: 10 }, (_, index) => {
      const number = first - 2 * index;
      return { number, timeMs: number, affinity: 'hit' as const, requestId: `r${number}` };
    });
  const replicas = [
    seen('a', { figures: figures({ lastVisits: visitsFrom(40) }) }),
    seen('b', { figures: figures({ lastVisits: visitsFrom(39) }) }),
  ];
  const { lastVisits } = takeSnapshot(40, replicas, NOW_MS);
  expect(lastVisits.map(({ number, address }) => [number, address]).slice(0, 3)).toEqual([
    [40, 'a:5000'],
    [39, 'b:5000'],
    [38, 'a:5000'],
  ]);
  expect(lastVisits).toHaveLength(12);
});

test('every replica with visits is among the last visits, even if the one that reported last has the highest numbers', () => {
  const visits = (newest: number, count: number) =>
    Array.from({ length: count }, (_, index) => {
      return { number: newest - index, timeMs: 0, affinity: 'hit' as const, requestId: `r${newest - index}` };
    });
  const replicas = [
    seen('a', { figures: figures({ lastVisits: visits(900, 10) }) }),
    seen('b', { figures: figures({ lastVisits: visits(600, 10) }) }),
    seen('c', { figures: figures({ lastVisits: visits(300, 2) }) }),
    seen('d'),
  ];
  const { lastVisits } = takeSnapshot(900, replicas, NOW_MS);
  expect(lastVisits.map(({ number }) => number)).toEqual([900, 899, 898, 897, 896, 895, 600, 599, 598, 597, 300, 299]);
});

test('replicas with a problem come first, stopped ones last', () => {
  const replicas = [
    seen('a', { state: 'stopped' }),
    seen('b'),
    seen('c', { state: 'draining' }),
    seen('d', {}, GONE_AFTER_MS + 1),
  ];
  expect(takeSnapshot(0, replicas, NOW_MS).replicas.map(({ sid }) => sid)).toEqual(['d', 'c', 'b', 'a']);
});

test('traffic is the sum over all replicas, also those that are gone', () => {
  const lastBucket = Math.floor(NOW_MS / RECENT_BUCKET_MS);
  const traffic = { lastBucket, counts: { '2xx /': [3], '5xx /': [1] } };
  const replicas = [seen('a', { figures: figures({ traffic }) }), seen('b', { figures: figures({ traffic }) }, 9000)];
  expect(takeSnapshot(0, replicas, NOW_MS).traffic).toEqual([
    { route: '/', total: 8, statuses: { '1xx': 0, '2xx': 6, '3xx': 0, '4xx': 0, '5xx': 2 } },
  ]);
});

test('an app that counts no visits has no number of visits', async () => {
  const read = createSnapshotReader({ count: undefined, replicas: { list: async () => [] }, nowMs: () => NOW_MS });
  expect(await read()).not.toHaveProperty('count');
});

test('a snapshot reads the counter and the reports, and nothing else', async () => {
  const read = createSnapshotReader({
    count: async () => 7,
    replicas: { list: async () => [seen('a')] },
    nowMs: () => NOW_MS,
  });
  expect(await read()).toEqual(takeSnapshot(7, [seen('a')], NOW_MS));
});
