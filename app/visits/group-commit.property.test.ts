import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visit } from '../../testkit/http/visits.ts';
import { CommitInDoubtError, StoreUnavailableError } from '../lib/store-errors.ts';
import { createGroupCommit } from './group-commit.ts';
import type { Visit } from './visit.ts';

/** The outcome of a commit: done and reported, refused at once or later, or in doubt, whether it was done or not. */
const FATES = ['done', 'done', 'done', 'no lock', 'refused', 'lost after', 'lost before'] as const;

/** A store that fulfils its contract and fails on request. */
function createFailingStore(fates: readonly (typeof FATES)[number][]) {
  const numbers = new Map<string, number>();
  let calls = 0;
  return {
    numbers,
    async commit(visits: readonly Visit[]): Promise<number[]> {
      const fate = fates[calls++] ?? 'done';
      if (fate === 'no lock') throw new StoreUnavailableError('no lock');
      await Promise.resolve();
      expect(new Set(visits.map(({ requestId }) => requestId)).size).toBe(visits.length);
      await Promise.resolve();
      if (fate === 'refused') throw new StoreUnavailableError('refused');
      if (fate === 'lost before') throw new CommitInDoubtError('lost');
      for (const { requestId } of visits) if (!numbers.has(requestId)) numbers.set(requestId, numbers.size + 1);
      if (fate === 'lost after') throw new CommitInDoubtError('lost');
      return visits.map(({ requestId }) => numbers.get(requestId) as number);
    },
  };
}

test('V2: whatever fails and is retried, each id gets one number without gaps, and every caller an answer', async () => {
  const ids = fc.array(fc.constantFrom(...'abcdefgh'), { minLength: 1, maxLength: 40 });
  const pauses = fc.array(fc.nat(3), { minLength: 40, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      ids,
      pauses,
      fc.array(fc.constantFrom(...FATES)),
      fc.integer({ min: 1, max: 5 }),
      async (...given) => {
        const [requestIds, turns, fates, batchLimit] = given;
        const store = createFailingStore(fates);
        let nowMs = 0;
        const pause = async (ms: number) => {
          nowMs += ms;
        };
        const { commit } = store;
        const group = createGroupCommit({ commit, queueLimit: 100, batchLimit, pause, monotonicMs: () => nowMs });
        const recorded: Promise<number>[] = [];
        for (const [nth, id] of requestIds.entries()) {
          const answer = group.record(visit(id));
          // Awaited below; until then, prevents an unhandled rejection.
          answer.catch(() => {});
          recorded.push(answer);
          for (let turn = turns[nth] as number; turn > 0; turn--) await Promise.resolve();
        }
        const outcomes = await Promise.allSettled(recorded);
        for (const [nth, outcome] of outcomes.entries()) {
          if (outcome.status === 'fulfilled') expect(outcome.value).toBe(store.numbers.get(requestIds[nth] as string));
          else expect(outcome.reason).toBeInstanceOf(StoreUnavailableError);
        }
        expect([...store.numbers.values()]).toEqual(Array.from(store.numbers, (_, nth) => nth + 1));
        expect([group.queued(), group.unfinished()]).toEqual([0, 0]);
      },
    ),
    { numRuns: 300 },
  );
});
