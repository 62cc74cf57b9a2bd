import { expect, test } from 'vitest';
import { DURATION_BUCKETS_SECONDS } from '../../app/replicas/duration-buckets.ts';
import { createEdgeFigures } from './edge-figures.ts';

test('requests are counted by method, status and verdict, and are in flight until they are answered', () => {
  const figures = createEdgeFigures();
  for (let i = 0; i < 3; i++) figures.began();
  for (const affinity of ['hit', 'hit']) figures.answered({ method: 'GET', status: 200, affinity, durationMs: 1 });
  const { inFlight, requests } = figures.report([]);
  expect(inFlight).toBe(1);
  expect(requests.filter(({ count }) => count > 0)).toEqual([
    { method: 'GET', status: 200, affinity: 'hit', count: 2 },
  ]);
});

test('what alerts ask for is counted from zero', () => {
  const { requests } = createEdgeFigures().report([]);
  expect(requests).toContainEqual({ method: 'GET', status: 200, affinity: 'takeover', count: 0 });
  expect(requests).toContainEqual({ method: 'GET', status: 502, affinity: 'none', count: 0 });
});

test.each([
  ['BREW', 'hit', { method: 'other', affinity: 'hit' }],
  ['get', 'takeover', { method: 'other', affinity: 'takeover' }],
  ['PUT', 'whatever a replica says', { method: 'PUT', affinity: 'none' }],
  ['PUT', undefined, { method: 'PUT', affinity: 'none' }],
])('neither a method %s nor a verdict %s makes a label of its own', (method, affinity, labels) => {
  const figures = createEdgeFigures();
  figures.answered({ method, status: 200, affinity, durationMs: 1 });
  expect(figures.report([]).requests.filter(({ count }) => count > 0)).toMatchObject([labels]);
});

test.each([
  [0, 0],
  [1, 0],
  [1.1, 1],
  [10_000, DURATION_BUCKETS_SECONDS.length - 1],
  [60_000, DURATION_BUCKETS_SECONDS.length],
])('a duration of %f ms is in the bucket %i', (durationMs, bucket) => {
  const figures = createEdgeFigures();
  figures.answered({ method: 'GET', status: 503, affinity: undefined, durationMs });
  const [times] = figures.report([]).durations;
  expect(times).toMatchObject({ statusClass: '5xx', seconds: durationMs / 1000 });
  expect(times?.counts.indexOf(1)).toBe(bucket);
});

test('tries are counted for the peers that the edge has, and forgotten with a peer', () => {
  const figures = createEdgeFigures();
  figures.tried('a', 'answered', 500);
  figures.tried('a', 'failed', 250);
  figures.tried('b', 'failed', 1);
  expect(figures.report(['a', 'c']).tries).toEqual([{ peer: 'a', answered: 1, failed: 1, seconds: 0.75 }]);
  expect(figures.report(['a', 'b']).tries).toHaveLength(1);
});
