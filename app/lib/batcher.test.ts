import { expect, test } from 'vitest';
import { type BatcherOptions, createBatcher } from './batcher.ts';

function setUp(options: Partial<BatcherOptions<string, string>> = {}) {
  const batches: string[][] = [];
  const batcher = createBatcher<string, string>({
    async run(items) {
      batches.push(items);
      await Promise.resolve();
      return items.map((item) => item.toUpperCase());
    },
    queueLimit: 3,
    onFull: (limit) => new Error(`${limit} are waiting`),
    batchLimit: 2,
    ...options,
  });
  return { batches, ...batcher };
}

test('a lone item is processed at once, the next ones together', async () => {
  const { add, batches } = setUp();
  const results = ['a', 'b', 'c'].map(add);
  expect(await Promise.all(results)).toEqual(['A', 'B', 'C']);
  expect(batches[0]).toEqual(['a', 'b']);
});

test('an item is rejected at once when too many wait', async () => {
  const blocked = Promise.withResolvers<void>();
  const { add, queued, unfinished } = setUp({ beforeBatch: () => blocked.promise });
  const results = ['a', 'b', 'c'].map(add);
  await expect(add('d')).rejects.toThrow('3 are waiting');
  expect([queued(), unfinished()]).toEqual([3, 3]);
  blocked.resolve();
  expect(await Promise.all(results)).toEqual(['A', 'B', 'C']);
});

test('waiting items with the same key share one place and one result', async () => {
  const blocked = Promise.withResolvers<void>();
  const { add, batches } = setUp({ beforeBatch: () => blocked.promise, keyOf: (item) => item });
  const results = ['a', 'a', 'a', 'a', 'b'].map(add);
  blocked.resolve();
  expect(await Promise.all(results)).toEqual(['A', 'A', 'A', 'A', 'B']);
  expect(batches).toEqual([['a', 'b']]);
});

test('a failed batch fails the waiting items, and not later ones', async () => {
  let isBroken = true;
  const { add, idle } = setUp({
    async run(items) {
      if (isBroken) throw new Error('broken');
      return items;
    },
  });
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(add));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await idle();
  isBroken = false;
  expect(await add('d')).toBe('d');
});

test('a batch that can be recovered does not hold up the next one', async () => {
  const recovered = Promise.withResolvers<string[]>();
  const { add, unfinished } = setUp({
    run: async (items) => {
      if (items.includes('a')) throw new Error('in doubt');
      return items;
    },
    batchLimit: 1,
    recover: (_error, items) => (items.includes('a') ? recovered.promise : undefined),
  });
  const first = add('a');
  expect(await add('b')).toBe('b');
  expect(unfinished()).toBe(1);
  recovered.resolve(['found']);
  expect(await first).toBe('found');
});
