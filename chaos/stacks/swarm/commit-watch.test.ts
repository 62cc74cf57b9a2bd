import { expect, onTestFinished, test, vi } from 'vitest';
import { createOutageLog } from '../../outages.ts';
import { watchCommits } from './commit-watch.ts';

/** Watches sessions whose commits take these times, and fail where there is none. */
function watched(...sessions: (number | undefined)[][]) {
  let nowMs = 0;
  const log = createOutageLog(() => nowMs);
  const left = sessions.map((commits) => [...commits]);
  const closed: number[] = [];
  const watch = watchCommits({
    notes: { log, nowMs: () => nowMs },
    open: async () => {
      const number = sessions.length - left.length;
      const commits = left.shift();
      return (
        commits && {
          async commit() {
            if (commits.length === 0) return false;
            const tookMs = commits.shift();
            if (tookMs === undefined) throw new Error('no answer');
            nowMs += tookMs;
            return true;
          },
          close: () => void closed.push(number),
        }
      );
    },
    intervalMs: 1,
  });
  onTestFinished(watch.stop);
  return { outages: log.outages, closed };
}

test('a commit that stalls is an outage of the database, others are not', async () => {
  const { outages, closed } = watched([10, 999, 1000, 3000, 20]);
  await vi.waitFor(() => expect(closed).toEqual([0]));
  expect(outages).toEqual([
    { what: 'database', name: '', fromMs: 1009, untilMs: 2009 },
    { what: 'database', name: '', fromMs: 2009, untilMs: 5009 },
  ]);
});

test('another session follows one that has ended or does not answer', async () => {
  const { outages, closed } = watched([10], [undefined, 2000], [2000]);
  await vi.waitFor(() => expect(closed).toEqual([0, 1, 2]));
  expect(outages).toMatchObject([{ fromMs: 10, untilMs: 2010 }]);
});
