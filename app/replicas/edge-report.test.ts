import { expect, test } from 'vitest';
import { viewEdge } from './edge-report.ts';

const REPORT = {
  inFlight: 1,
  requests: [
    { method: 'GET', status: 200, affinity: 'hit', count: 7 },
    { method: 'POST', status: 503, affinity: 'hit', count: 1 },
    { method: 'GET', status: 502, affinity: 'none', count: 2 },
    { method: 'GET', status: 200, affinity: 'takeover', count: 3 },
  ],
  durations: [],
  tries: [
    { peer: '10.0.0.5:10', answered: 0, failed: 0, seconds: 0 },
    { peer: '10.0.0.5:9', answered: 3, failed: 1, seconds: 0.01 },
  ],
};

test("an edge's report is summed up by verdict and by peer", () => {
  expect(viewEdge(REPORT)).toEqual({
    requests: 13,
    errors: 3,
    verdicts: { new: 0, hit: 8, moved: 0, invalid: 0, takeover: 3, none: 2 },
    peers: [
      { address: '10.0.0.5:9', answered: 3, failed: 1, meanMs: 2.5 },
      { address: '10.0.0.5:10', answered: 0, failed: 0, meanMs: null },
    ],
  });
});

test.each([
  ['nothing', undefined],
  ['text', 'the metrics are elsewhere'],
  ['a report without tries', { requests: [] }],
  ['counts that are no numbers', { ...REPORT, tries: [{ peer: 'a', answered: '1', failed: 0, seconds: 0 }] }],
])('%s is no report', (_what, report) => {
  expect(viewEdge(report)).toBeUndefined();
});
