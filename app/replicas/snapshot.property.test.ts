import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figures, history, report } from '../../testkit/replicas/reports.ts';
import { HISTORY_BUCKET_MS, HISTORY_BUCKETS } from './registry.ts';
import { takeSnapshot } from './snapshot.ts';

const NOW_BUCKET = 1000;
const NONE = Array<number>(HISTORY_BUCKETS).fill(0);

/** A replica's hits per bucket, and the end of its history: before or after now, or long ago. */
const histories = fc.array(
  fc.record({
    lastBucket: fc.integer({ min: NOW_BUCKET - 2 * HISTORY_BUCKETS, max: NOW_BUCKET + 5 }),
    hit: fc.array(fc.nat(100), { minLength: HISTORY_BUCKETS, maxLength: HISTORY_BUCKETS }),
  }),
  { maxLength: 6 },
);

test("each bucket of the cluster is exactly the sum of its replicas' buckets of that time", () => {
  fc.assert(
    fc.property(histories, (given) => {
      const seen = given.map(({ lastBucket, hit }, nth) => {
        const counted = figures({ history: history(lastBucket, { hit }) });
        return { ...report(`${nth}`, { figures: counted }), seenMsAgo: 10 };
      });
      const { verdicts } = takeSnapshot(0, seen, NOW_BUCKET * HISTORY_BUCKET_MS).history;
      const expected = NONE.map((_, slot) => {
        const bucket = NOW_BUCKET - (HISTORY_BUCKETS - 1) + slot;
        const inIt = given.map(({ lastBucket, hit }) => hit[HISTORY_BUCKETS - 1 - (lastBucket - bucket)] ?? 0);
        return inIt.reduce((sum, count) => sum + count, 0);
      });
      expect(verdicts).toEqual({ new: NONE, hit: expected, moved: NONE, invalid: NONE });
    }),
  );
});
