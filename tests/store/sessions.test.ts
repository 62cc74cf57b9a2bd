import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { hashSessionId } from '../../app/sessions/session-id.ts';
import type { SessionLifetimes, SessionStore, SessionWrite } from '../../app/sessions/session-store.ts';
import type { StoreDatabase } from '../../testkit/stores/backend.ts';
import { d1Backend } from '../../testkit/stores/d1.ts';
import { mysqlBackend } from '../../testkit/stores/mysql.ts';
import { sqliteBackend } from '../../testkit/stores/sqlite.ts';

const HOUR_MS = 3_600_000;
const LIFETIMES: SessionLifetimes = { idleMs: HOUR_MS, absoluteMs: 24 * HOUR_MS };

const newHash = () => hashSessionId(randomBytes(8).toString('hex'));

function create(idHash: string, data = '{}', recentChanges = ['r#1']): SessionWrite {
  return { kind: 'create', idHash, data, recentChanges };
}

function update(idHash: string, fromVersion: number, data = '{"n":1}', recentChanges = ['r#1', 's#1']): SessionWrite {
  return { kind: 'update', idHash, fromVersion, data, recentChanges };
}

describe.each([sqliteBackend, d1Backend, mysqlBackend])('a store of sessions on $name', (backend) => {
  let database: StoreDatabase | undefined;
  let store: SessionStore;

  beforeAll(async () => {
    if (backend.isAvailable) database = await backend.create();
  });
  afterAll(async () => {
    await database?.remove();
    await backend.close?.();
  });

  beforeEach((context) => {
    context.skip(!backend.isAvailable, 'there is none here');
    store = open(LIFETIMES);
  });

  function open(lifetimes: SessionLifetimes): SessionStore {
    const opened = (database as StoreDatabase).open();
    onTestFinished(opened.store.close);
    return opened.openSessionStore(lifetimes);
  }

  const read = async (idHash: string) => (await store.read([idHash]))[0];

  test('S2: what was committed is read, in any order, and nothing for unknown ids', async () => {
    const [a, b] = [newHash(), newHash()];
    expect(await store.commit([create(a, '{"n":"a"}'), create(b, '{"n":"ü🙂\\u0000"}', ['x#1', 'y#2'])])).toEqual([
      true,
      true,
    ]);
    const [second, unknown, first] = await store.read([b, newHash(), a]);
    expect(unknown).toBeUndefined();
    expect(first).toMatchObject({ version: 1, data: '{"n":"a"}', recentChanges: ['r#1'] });
    expect(second).toMatchObject({ version: 1, data: '{"n":"ü🙂\\u0000"}', recentChanges: ['x#1', 'y#2'] });
  });

  test.each([
    ['numbers and keys in their order', '{"b":1.0,"a":1e2,"a1":-0}'],
    ['quotes and backslashes', JSON.stringify({ text: `'"\\%_;-- \n` })],
    ['16 KiB', JSON.stringify({ text: 'é'.repeat(8000) })],
  ])('S2: data is read as it was written: %s', async (_what, data) => {
    const a = newHash();
    await store.commit([create(a, data)]);
    expect(await read(a)).toMatchObject({ data });
  });

  test('S5: a change applies only to the version it was made from', async () => {
    const a = newHash();
    await store.commit([create(a)]);
    expect(await store.commit([update(a, 1, '{"n":2}')])).toEqual([true]);
    expect(await store.commit([update(a, 1, '{"n":3}')])).toEqual([false]);
    expect(await read(a)).toMatchObject({ version: 2, data: '{"n":2}', recentChanges: ['r#1', 's#1'] });
  });

  test('S5: of two changes at the same time one applies', async () => {
    const a = newHash();
    await store.commit([create(a)]);
    const others = [open(LIFETIMES), open(LIFETIMES), open(LIFETIMES)];
    const outcomes = await Promise.all(others.map((other, n) => other.commit([update(a, 1, `{"n":${n}}`)])));
    expect(outcomes.flat().filter(Boolean)).toHaveLength(1);
    expect(await read(a)).toMatchObject({ version: 2, data: `{"n":${outcomes.flat().indexOf(true)}}` });
  });

  test('S5: in one commit each change stands for itself', async () => {
    const hashes = Array.from({ length: 20 }, newHash);
    const created = hashes.filter((_, n) => n % 2 === 0);
    expect(await store.commit(created.map((hash) => create(hash)))).toEqual(created.map(() => true));
    expect(await store.commit(hashes.map((hash) => update(hash, 1)))).toEqual(hashes.map((_, n) => n % 2 === 0));
  });

  test('S6: a session that is created again stays as it was', async () => {
    const a = newHash();
    await store.commit([create(a, '{"n":1}')]);
    expect(await store.commit([create(a, '{"n":2}')])).toEqual([false]);
    expect(await read(a)).toMatchObject({ version: 1, data: '{"n":1}' });
  });

  describe('S8', () => {
    test('a replaced id leads nowhere, and the new one has the data', async () => {
      const [old, next] = [newHash(), newHash()];
      await store.commit([create(old, '{"n":1}')]);
      const replace = {
        kind: 'replace' as const,
        idHash: old,
        newIdHash: next,
        recentChanges: ['r#1', 'q#1'],
        key: 'q#1',
      };
      expect(await store.commit([{ ...replace, fromVersion: 2 }])).toEqual([false]);
      expect(await store.commit([{ ...replace, fromVersion: 1 }])).toEqual([true]);
      expect(await read(next)).toMatchObject({ version: 2, data: '{"n":1}', recentChanges: ['r#1', 'q#1'] });
      expect(await read(old)).toEqual({ replacedBy: 'q#1' });
      expect(await store.commit([update(old, 2)])).toEqual([false]);
      expect(await store.listEnded(10_000)).toContain(old);
    });

    test('a retry gives the session yet another id, and nobody else can', async () => {
      const [old, lost, next] = [newHash(), newHash(), newHash()];
      await store.commit([create(old, '{"n":1}')]);
      const replace = { kind: 'replace' as const, idHash: old, fromVersion: 1, recentChanges: ['q#1'], key: 'q#1' };
      await store.commit([{ ...replace, newIdHash: lost }]);
      const again = { kind: 'replaceAgain', idHash: old, newIdHash: next } as const;
      expect(await store.commit([{ ...again, key: 'other#1' }])).toEqual([false]);
      expect(await store.commit([{ ...again, key: 'q#1' }])).toEqual([true]);
      expect(await store.read([lost, next])).toMatchObject([undefined, { data: '{"n":1}' }]);
      const last = newHash();
      expect(await store.commit([{ ...again, newIdHash: last, key: 'q#1' }])).toEqual([true]);
      expect(await store.read([next, last])).toMatchObject([undefined, { data: '{"n":1}' }]);
    });

    test('an ended session is gone and stays gone', async () => {
      const a = newHash();
      await store.commit([create(a)]);
      expect(await store.commit([{ kind: 'end', idHash: a, key: 'q#1' }])).toEqual([true]);
      expect(await read(a)).toBeUndefined();
      expect(await store.commit([update(a, 1)])).toEqual([false]);
      expect(await store.commit([{ kind: 'touch', idHash: a }])).toEqual([false]);
      expect(await store.commit([{ kind: 'end', idHash: a, key: 'q#1' }])).toEqual([false]);
      expect(await store.listEnded(10_000)).toContain(a);
    });

    test('an end applies to no id that was replaced, and to its own session among other changes', async () => {
      const [old, next, other] = [newHash(), newHash(), newHash()];
      await store.commit([create(old), create(other)]);
      const replace = { kind: 'replace' as const, idHash: old, newIdHash: next, fromVersion: 1 };
      await store.commit([{ ...replace, recentChanges: ['q#1'], key: 'q#1' }]);
      const ends = [old, other].map((idHash) => ({ kind: 'end' as const, idHash, key: 'r#1' }));
      expect(await store.commit([update(next, 2), ...ends, create(newHash())])).toEqual([true, false, true, true]);
      expect(await read(old)).toEqual({ replacedBy: 'q#1' });
    });

    test('the database counts both lifetimes', async () => {
      const a = newHash();
      await store.commit([create(a)]);
      const stored = await read(a);
      expect(stored).toMatchObject({ expiresInMs: expect.any(Number), endsInMs: expect.any(Number) });
      if (!stored || 'replacedBy' in stored) throw new Error('the session is missing');
      expect(stored.expiresInMs).toBeGreaterThan(HOUR_MS - 60_000);
      expect(stored.expiresInMs).toBeLessThanOrEqual(HOUR_MS);
      expect(stored.endsInMs - stored.expiresInMs).toBeGreaterThan(23 * HOUR_MS - 1000);
    });

    test('an expired session is not there, cannot be changed, and is removed', async () => {
      const expired = open({ idleMs: 1, absoluteMs: HOUR_MS });
      const ended = open({ idleMs: HOUR_MS, absoluteMs: 1 });
      const [a, b, live] = [newHash(), newHash(), newHash()];
      await expired.commit([create(a)]);
      await ended.commit([create(b)]);
      await store.commit([create(live)]);
      await expect.poll(() => store.read([a, b])).toEqual([undefined, undefined]);
      const writes: SessionWrite[] = [update(a, 1), { kind: 'touch', idHash: b }];
      expect(await store.commit(writes)).toEqual([false, false]);
      expect(await store.purge(1)).toBe(1);
      expect(await store.purge(10)).toBe(1);
      expect(await store.purge(10)).toBe(0);
      expect(await read(live)).toBeDefined();
    });

    test('use prolongs a session up to its absolute lifetime', async () => {
      const short = open({ idleMs: 60_000, absoluteMs: HOUR_MS });
      const a = newHash();
      await short.commit([create(a)]);
      expect(await store.commit([{ kind: 'touch', idHash: a }])).toEqual([true]);
      expect(await read(a)).toMatchObject({ version: 1, expiresInMs: expect.closeTo(HOUR_MS, -5) });
      const capped = open({ idleMs: HOUR_MS, absoluteMs: 120_000 });
      await capped.commit([{ kind: 'touch', idHash: a }]);
      expect(await read(a)).toMatchObject({ expiresInMs: expect.closeTo(120_000, -5) });
    });
  });
});
