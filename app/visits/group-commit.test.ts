import { describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../lib/store-errors.ts';
import { VisitQueueFullError } from './errors.ts';
import { createGroupCommit, type GroupCommitOptions } from './group-commit.ts';
import type { Visit } from './visit.ts';

function visit(requestId: string): Visit {
  return { requestId, clientIp: '203.0.113.7', serverIp: '10.0.0.5', sid: 'a' };
}

/** A call of `commit`, which runs until the test ends it. */
interface Commit {
  ids: string[];
  resolve: (numbers: number[]) => void;
  reject: (error: unknown) => void;
}

/** A store whose commits end when the test ends them. */
function createManualStore() {
  const begun: Commit[] = [];
  const awaited: ((commit: Commit) => void)[] = [];
  let calls = 0;
  return {
    calls: () => calls,
    /** Resolves with the next commit when it begins. */
    next: () =>
      new Promise<Commit>((resolve) => (begun.length > 0 ? resolve(begun.shift() as Commit) : awaited.push(resolve))),
    commit(visits: readonly Visit[]) {
      calls++;
      const { promise, resolve, reject } = Promise.withResolvers<number[]>();
      const commit = { ids: visits.map(({ requestId }) => requestId), resolve, reject };
      const waiting = awaited.shift();
      if (waiting) waiting(commit);
      else begun.push(commit);
      return promise;
    },
  };
}

function setUp(options: Partial<GroupCommitOptions> = {}) {
  const store = createManualStore();
  const { record, queued, unfinished } = createGroupCommit({ commit: store.commit, queueLimit: 100, ...options });
  return { store, queued, unfinished, record: (requestId: string) => record(visit(requestId)) };
}

describe('group commit', () => {
  test('commits a lone visit at once', async () => {
    const { store, record } = setUp();
    const recorded = record('a');
    const commit = await store.next();
    expect(commit.ids).toEqual(['a']);
    commit.resolve([1]);
    expect(await recorded).toBe(1);
  });

  test('commits the visits that arrive during a commit together, in their order', async () => {
    const { store, record } = setUp();
    const first = record('a');
    const firstCommit = await store.next();
    const others = ['b', 'c', 'd'].map(record);
    expect(store.calls()).toBe(1);

    firstCommit.resolve([1]);
    expect(await first).toBe(1);
    const secondCommit = await store.next();
    expect(secondCommit.ids).toEqual(['b', 'c', 'd']);
    secondCommit.resolve([2, 3, 4]);
    expect(await Promise.all(others)).toEqual([2, 3, 4]);
    expect(store.calls()).toBe(2);
  });

  test('commits visits together that have arrived before it begins', async () => {
    const arrived = Promise.withResolvers<void>();
    const { store, record } = setUp({ beforeBatch: () => arrived.promise });
    const all = ['a', 'b'].map(record);
    expect(store.calls()).toBe(0);
    arrived.resolve();
    const commit = await store.next();
    expect(commit.ids).toEqual(['a', 'b']);
    commit.resolve([1, 2]);
    expect(await Promise.all(all)).toEqual([1, 2]);
  });

  test('never commits more than the batch limit at once', async () => {
    const { store, record } = setUp({ batchLimit: 2 });
    const all = ['a', 'b', 'c', 'd', 'e'].map(record);
    const sizes: number[] = [];
    let committed = 0;
    while (committed < all.length) {
      const { ids, resolve } = await store.next();
      sizes.push(ids.length);
      resolve(ids.map(() => ++committed));
    }
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5]);
    expect(sizes).toEqual([2, 2, 1]);
  });

  test('rejects a visit at once when the queue is full, and counts queued visits', async () => {
    const { store, record } = setUp({ queueLimit: 2 });
    const first = record('a');
    const firstCommit = await store.next();
    const waiting = ['b', 'c'].map(record);
    await expect(record('d')).rejects.toThrow(VisitQueueFullError);

    firstCommit.resolve([1]);
    const secondCommit = await store.next();
    expect(secondCommit.ids).toEqual(['b', 'c']);
    const later = record('d');
    secondCommit.resolve([2, 3]);
    (await store.next()).resolve([4]);
    expect(await Promise.all([first, ...waiting, later])).toEqual([1, 2, 3, 4]);
  });

  test('lets a repeated id share the result of the queued visit, even in a full queue', async () => {
    const { store, record } = setUp({ queueLimit: 1 });
    const first = record('a');
    const firstCommit = await store.next();
    const twins = ['b', 'b', 'b'].map(record);
    firstCommit.resolve([1]);
    const secondCommit = await store.next();
    expect(secondCommit.ids).toEqual(['b']);
    secondCommit.resolve([2]);
    expect(await Promise.all([first, ...twins])).toEqual([1, 2, 2, 2]);
  });

  test('passes an id that is being committed to the store again', async () => {
    const { store, record } = setUp();
    const twins = [record('a')];
    const firstCommit = await store.next();
    twins.push(record('a'));
    firstCommit.resolve([1]);
    const secondCommit = await store.next();
    expect(secondCommit.ids).toEqual(['a']);
    secondCommit.resolve([1]);
    expect(await Promise.all(twins)).toEqual([1, 1]);
  });

  test('rejects the batch and the queue when a commit fails, and commits the next visit', async () => {
    const { store, record, unfinished } = setUp();
    const failing = [record('a')];
    const firstCommit = await store.next();
    failing.push(record('b'), record('c'), record('c'));
    const failure = new StoreUnavailableError('gone');
    firstCommit.reject(failure);
    const outcomes = await Promise.allSettled(failing);
    expect(outcomes).toEqual(failing.map(() => ({ status: 'rejected', reason: failure })));
    expect(unfinished()).toBe(0);

    const next = record('b');
    const secondCommit = await store.next();
    expect(secondCommit.ids).toEqual(['b']);
    secondCommit.resolve([1]);
    expect(await next).toBe(1);
  });

  test('counts waiting and committing visits as unfinished, and only waiting ones as queued', async () => {
    const { store, record, queued, unfinished } = setUp();
    expect(unfinished()).toBe(0);
    const first = record('a');
    expect(unfinished()).toBe(1);
    const firstCommit = await store.next();
    const others = ['b', 'c', 'c'].map(record);
    expect([unfinished(), queued()]).toEqual([3, 2]);

    firstCommit.resolve([1]);
    await first;
    const secondCommit = await store.next();
    expect([unfinished(), queued()]).toEqual([2, 0]);
    secondCommit.resolve([2, 3]);
    await Promise.all(others);
    expect(unfinished()).toBe(0);
  });
});
