import { expect, test } from 'vitest';
import type { PlannedFault } from './fault.ts';
import { injectFaults } from './nemesis.ts';

const fault = (kind: PlannedFault['kind'], atMs: number): PlannedFault => ({ kind, atMs, lengthMs: 1, choice: 0 });

test('faults of a lane wait for each other, faults of two lanes do not', async () => {
  const begun: string[] = [];
  const slow = Promise.withResolvers<string>();
  const running = injectFaults({
    plan: [fault('kill-replica', 1), fault('kill-database', 2), fault('scale', 3)],
    stack: {
      faults: {
        'kill-replica': () => {
          begun.push('kill-replica');
          return slow.promise;
        },
        'kill-database': async () => {
          begun.push('kill-database');
          slow.resolve('a');
          return 'MySQL';
        },
        scale: async () => {
          begun.push('scale');
          return 'to 4';
        },
      },
    },
    nowMs: () => begun.length,
    endMs: 100,
    until: async () => {},
  });
  const records = await running;
  expect(begun).toEqual(['kill-replica', 'kill-database', 'scale']);
  expect(records.map(({ kind, detail }) => [kind, detail])).toEqual([
    ['kill-replica', 'a'],
    ['kill-database', 'MySQL'],
    ['scale', 'to 4'],
  ]);
});

test('a fault that takes longer than planned delays the later ones by as much', async () => {
  let nowMs = 0;
  const tookMs = [50, 5, 5];
  const records = await injectFaults({
    plan: [fault('scale', 10), fault('scale', 20), fault('scale', 100)].map((planned) => ({ ...planned, lengthMs: 5 })),
    stack: {
      faults: {
        async scale() {
          nowMs += tookMs.shift() as number;
          return '';
        },
      },
    },
    nowMs: () => nowMs,
    endMs: 1000,
    until: async (atMs) => {
      nowMs = Math.max(nowMs, atMs);
    },
  });
  // The first fault ends at 60 instead of 15, so the second one starts at 65 instead of 20.
  expect(records.map(({ fromMs, untilMs }) => [fromMs, untilMs])).toEqual([
    [10, 60],
    [65, 70],
    [145, 150],
  ]);
});

test('nothing else happens during a fault that must run alone', async () => {
  const events: string[] = [];
  const during = (name: string) => async () => {
    events.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    events.push(`${name} ends`);
    return name;
  };
  const plan = [fault('scale', 1), fault('kill-database', 2), fault('update-and-up', 3), fault('hang-database', 4)];
  const kinds = ['scale', 'kill-database', 'update-and-up', 'hang-database'] as const;
  const stack = { faults: Object.fromEntries(kinds.map((kind) => [kind, during(kind)])) };
  await injectFaults({ plan, stack, nowMs: () => 0, endMs: 100, until: async () => {} });
  const begin = events.indexOf('update-and-up begins');
  expect(events[begin + 1]).toBe('update-and-up ends');
  const ended = events.slice(0, begin).filter((event) => event.endsWith('ends'));
  expect(events.slice(0, begin)).toHaveLength(2 * ended.length);
  expect(events).toHaveLength(8);
});

test('a fault without a target is not recorded', async () => {
  const plan = [fault('scale', 1)];
  const stack = { faults: { scale: async () => undefined } };
  expect(await injectFaults({ plan, stack, nowMs: () => 0, endMs: 9, until: async () => {} })).toEqual([]);
});

test('a fault that would start too late does not start', async () => {
  let nowMs = 0;
  const records = await injectFaults({
    plan: [fault('scale', 1), fault('scale', 2)],
    stack: {
      faults: {
        async scale() {
          nowMs += 60;
          return '';
        },
      },
    },
    nowMs: () => nowMs,
    endMs: 50,
    until: async () => {},
  });
  expect(records).toHaveLength(1);
});
