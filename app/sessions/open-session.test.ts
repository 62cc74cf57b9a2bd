import { beforeEach, describe, expect, test } from 'vitest';
import { createMemorySessionStore, type MemorySessionStore } from '../../testkit/stores/memory-sessions.ts';
import { CommitInDoubtError, StoreUnavailableError } from '../lib/store-errors.ts';
import { createEndedSessions } from './ended-sessions.ts';
import { SessionConflictError, SessionEndedError, SessionNotJsonError, SessionTooLargeError } from './errors.ts';
import { type OpenSession, openSession } from './open-session.ts';
import { createDirectAccess } from './session-access.ts';
import { createSessionCache } from './session-cache.ts';
import type { SessionCookie } from './session-cookie.ts';
import { createSessionStats } from './session-stats.ts';
import { createTurns } from './turns.ts';

declare module './session-data.ts' {
  interface SessionData {
    testList?: string[];
  }
}

const LIFETIMES = { idleMs: 60_000, absoluteMs: 600_000 };

let nowMs: number;
let store: MemorySessionStore;

beforeEach(() => {
  nowMs = 1_000_000;
  store = createMemorySessionStore(LIFETIMES, () => nowMs);
});

/** A replica with its own memory. */
function createReplica() {
  const monotonicMs = () => nowMs;
  const cache = createSessionCache({ maxBytes: 1_000_000, monotonicMs });
  const ended = createEndedSessions({ listEnded: store.listEnded, cache, monotonicMs });
  const stats = createSessionStats();
  const pause = async (ms: number) => {
    nowMs += ms;
  };
  const deps = {
    access: createDirectAccess(store),
    stats,
    lifetimes: LIFETIMES,
    maxBytes: 1000,
    cache,
    monotonicMs,
    pause,
  };
  const takeTurns = createTurns();
  let requests = 0;
  return {
    stats,
    check: ended.check,
    /** Opens the session of a request that brings the affinity cookie of this replica, if `isHome`. */
    request(
      cookie: SessionCookie | undefined,
      { requestId = `${Math.random()}-${requests++}`, isHome = true, isAbandoned = (): boolean => false } = {},
    ) {
      return openSession({ cookie, requestId, isHome, isAbandoned }, { ...deps, takeTurns });
    },
  };
}

const add =
  (item: string) =>
  ({ testList = [] }: { readonly testList?: readonly string[] }) => ({ testList: [...testList, item] });

/** Returns the cookie that the client has after the response. */
function cookieAfter(session: ReturnType<typeof openSession>): SessionCookie {
  const change = session.cookieChange(true);
  if (change === undefined || change === 'remove') throw new Error(`expected a cookie, got ${change}`);
  return change.set;
}

async function startSession(replica: ReturnType<typeof createReplica>, item = 'a'): Promise<SessionCookie> {
  await replica.check();
  const session = replica.request(undefined);
  await session.update(add(item));
  return cookieAfter(session);
}

const unknown = { id: 'A'.repeat(43), version: 1 };

test('S1: the store gets the hash of the id', async () => {
  const { id } = await startSession(createReplica());
  expect(id).toMatch(/^[\w-]{43}$/);
  expect([...store.sessions.keys()]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
});

test('S3: a replica reads its own session from memory', async () => {
  const replica = createReplica();
  const cookie = await startSession(replica);
  const session = replica.request(cookie);
  expect([await session.get(), session.source(), store.reads]).toEqual([{ testList: ['a'] }, 'memory', 0]);
});

describe('S4: the database is read', () => {
  test.each([
    ['when the client comes from another replica', { isHome: false }, 0],
    ['when the cookie has a newer version', { isHome: true }, 1],
  ])('%s', async (_when, options, newer) => {
    const replica = createReplica();
    const { id, version } = await startSession(replica);
    const session = replica.request({ id, version: version + newer }, options);
    expect([await session.get(), session.source(), store.reads]).toEqual([{ testList: ['a'] }, 'database', 1]);
  });

  test('when the client returns after a change elsewhere', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const first = await startSession(a);
    const elsewhere = b.request(first, { isHome: false });
    await elsewhere.update(add('b'));
    const back = a.request(cookieAfter(elsewhere));
    expect(await back.get()).toEqual({ testList: ['a', 'b'] });
  });

  test('when the client has seen a newer state whose change was not answered', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const first = await startSession(a);
    await b.request(first).update(add('b'));
    const read = b.request(first, { isHome: false });
    expect(await read.get()).toEqual({ testList: ['a', 'b'] });
    expect(await a.request(cookieAfter(read)).get()).toEqual({ testList: ['a', 'b'] });
  });

  test('once in a request', async () => {
    const replica = createReplica();
    const session = replica.request(await startSession(replica), { isHome: false });
    await session.get();
    await session.get();
    expect(store.reads).toBe(1);
  });

  test.each([
    ['a change', async (other: OpenSession) => void (await other.update(add('b'))), { testList: ['a', 'b'] }],
    ['its end', (other: OpenSession) => other.destroy(), undefined],
  ])('again in a stream, which finds %s made elsewhere within a second', async (_what, change, found) => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    const stream = a.request(cookie);
    expect(await stream.get()).toEqual({ testList: ['a'] });
    await change(b.request(cookie, { isHome: false }));
    nowMs += 1001;
    expect(await stream.get()).toEqual(found);
  });
});

describe('S5', () => {
  test('a change from an old copy is made again from the current state', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    await b.request(cookie, { isHome: false }).update(add('b'));
    // The response with the newer version was lost.
    const session = a.request(cookie);
    expect(await session.update(add('c'))).toEqual({ testList: ['a', 'b', 'c'] });
    expect([cookieAfter(session).version, a.stats.conflicts]).toEqual([3, 1]);
  });

  test('a change that an old copy has already, but the database no longer, is made', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a, 'light');
    await b.request(cookie, { isHome: false }).update(() => ({ testList: ['dark'] }));
    // The response with the newer version was lost.
    await a.request(cookie).update(() => ({ testList: ['light'] }));
    expect(await b.request(cookie, { isHome: false }).get()).toEqual({ testList: ['light'] });
  });

  test('a change that the state has already, as it was read before the call, but the database no longer, is made', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a, 'read');
    const session = a.request(cookie, { isHome: false });
    await session.get();
    nowMs += 1;
    await b.request(cookie, { isHome: false }).update(() => ({ testList: ['unread'] }));
    expect(await session.update(() => ({ testList: ['read'] }))).toEqual({ testList: ['read'] });
    expect(await b.request(cookie, { isHome: false }).get()).toEqual({ testList: ['read'] });
  });

  test('changes of one session take turns', async () => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    await Promise.all(['b', 'c', 'd'].map((item) => replica.request(cookie).update(add(item))));
    expect(await replica.request(cookie).get()).toEqual({ testList: ['a', 'b', 'c', 'd'] });
    expect(replica.stats.conflicts).toBe(0);
  });

  test('changes of one request without a session are all in the new session', async () => {
    const session = createReplica().request(undefined);
    await Promise.all(['a', 'b', 'c'].map((item) => session.update(add(item))));
    expect(await session.get()).toEqual({ testList: ['a', 'b', 'c'] });
    expect(store.sessions.size).toBe(1);
  });

  test('a change that always conflicts fails after the deadline', async () => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    const commit = store.commit;
    store.commit = async (writes) => {
      for (const stored of store.sessions.values()) stored.version++;
      return await commit(writes);
    };
    await expect(replica.request(cookie).update(add('b'))).rejects.toThrow(SessionConflictError);
  });
});

describe('S6', () => {
  test('a retry on another replica finds its change made', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    await a.request(cookie, { requestId: 'r' }).update(add('b'));
    const retry = b.request(cookie, { requestId: 'r', isHome: false });
    expect(await retry.update(add('b'))).toEqual({ testList: ['a', 'b'] });
    expect(cookieAfter(retry).version).toBe(2);
  });

  test('each change of a request counts', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    await a.request(cookie, { requestId: 'r' }).update(add('b'));
    const retry = b.request(cookie, { requestId: 'r', isHome: false });
    await retry.update(add('b'));
    expect(await retry.update(add('c'))).toEqual({ testList: ['a', 'b', 'c'] });
  });

  test.each([
    ['was made', ['lost after']],
    ['was not made', ['lost before']],
    ['was made at the third try', ['lost before', 'lost before', 'lost after']],
  ] as const)('a change whose commit is in doubt is made once: it %s', async (_what, fates) => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    store.fates = [...fates];
    expect(await replica.request(cookie).update(add('b'))).toEqual({ testList: ['a', 'b'] });
    store.fates = [...fates];
    expect(await replica.request(undefined).update(add('x'))).toEqual({ testList: ['x'] });
    expect(store.sessions.size).toBe(2);
  });

  test('a change in doubt is pursued while the database does not answer, until it does', async () => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    const { read } = store;
    let failures = 5;
    store.read = async (idHashes) => {
      if (failures-- > 0) throw new StoreUnavailableError('restarting');
      return await read(idHashes);
    };
    store.fates = ['lost after'];
    expect(await replica.request(cookie).update(add('b'))).toEqual({ testList: ['a', 'b'] });
  });

  test('a change whose commit stays in doubt fails', async () => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    store.fates = Array(1000).fill('lost before');
    await expect(replica.request(cookie).update(add('b'))).rejects.toThrow(CommitInDoubtError);
  });

  test('a refused change fails and changes nothing', async () => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    store.fates = ['refused'];
    const session = replica.request(cookie);
    await expect(session.update(add('b'))).rejects.toThrow(StoreUnavailableError);
    expect([await session.get(), session.cookieChange(true)]).toEqual([{ testList: ['a'] }, undefined]);
  });

  test('a retry of a request that gave the session a new id keeps the session', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    const first = a.request(cookie, { requestId: 'r' });
    await first.regenerate();
    const retry = b.request(cookie, { requestId: 'r', isHome: false });
    expect(await retry.get()).toEqual({ testList: ['a'] });
    await retry.regenerate();
    await retry.update(add('b'));
    expect(await b.request(cookieAfter(retry)).get()).toEqual({ testList: ['a', 'b'] });
    expect(cookieAfter(retry).id).not.toBe(cookieAfter(first).id);
    expect(await a.request(cookie).get()).toBeUndefined();
  });
});

test('S6: a retry of a request that asked for a new id twice keeps the session', async () => {
  const [a, b] = [createReplica(), createReplica()];
  const cookie = await startSession(a);
  const first = a.request(cookie, { requestId: 'r' });
  const retry = b.request(cookie, { requestId: 'r', isHome: false });
  for (const session of [first, retry]) {
    await session.regenerate();
    await session.regenerate();
    await session.update(add('b'));
  }
  expect(await b.request(cookieAfter(retry)).get()).toEqual({ testList: ['a', 'b'] });
  expect(store.sessions.size).toBe(1);
});

test('S6: a retry of a request that gave the session a new id and then ended it finds both made', async () => {
  const [a, b] = [createReplica(), createReplica()];
  const cookie = await startSession(a);
  for (const replica of [a, b]) {
    const session = replica.request(cookie, { requestId: 'r', isHome: replica === a });
    await session.regenerate();
    await session.destroy();
    expect(session.cookieChange(true)).toBe('remove');
  }
  expect(store.sessions.size).toBe(0);
});

test('a read finds the session while another one of the same request still gives it a new id', async () => {
  const [a, b] = [createReplica(), createReplica()];
  const cookie = await startSession(a);
  await a.request(cookie, { requestId: 'r' }).regenerate();
  const retry = b.request(cookie, { requestId: 'r', isHome: false });
  const { commit } = store;
  const second = Promise.withResolvers<unknown>();
  store.commit = async (writes) => {
    second.resolve(retry.get());
    return await commit(writes);
  };
  expect([await retry.get(), await second.promise]).toEqual([{ testList: ['a'] }, { testList: ['a'] }]);
});

test('S3: while the database is down, a long request has the copy that a new one would have', async () => {
  const replica = createReplica();
  const session = replica.request(await startSession(replica));
  await session.get();
  store.read = async () => Promise.reject(new StoreUnavailableError('restarting'));
  nowMs += 2000;
  expect(await session.get()).toEqual({ testList: ['a'] });
  nowMs += 4000;
  await expect(session.get()).rejects.toThrow(StoreUnavailableError);
});

describe('S8: a request that another one gave a new id under', () => {
  test('makes no change, and begins no other session', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    await a.request(cookie).regenerate();
    const late = b.request(cookie, { isHome: false });
    await expect(late.update(add('b'))).rejects.toThrow(SessionEndedError);
    expect([late.cookieChange(true), store.sessions.size]).toEqual([undefined, 1]);
  });

  test('does not take the session from its own retry', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    const first = a.request(cookie, { requestId: 'r', isHome: false });
    await first.get();
    const retry = b.request(cookie, { requestId: 'r', isHome: false });
    await retry.regenerate();
    await expect(first.regenerate()).rejects.toThrow(SessionEndedError);
    expect(first.cookieChange(true)).toBeUndefined();
    expect(await b.request(cookieAfter(retry), { isHome: false }).get()).toEqual({ testList: ['a'] });
  });
});

test.each([
  ['a copy in memory', true],
  ['the database', false],
])(
  'S8: a first attempt that nobody waits for any longer does not take the session from its retry, with %s',
  async (_where, isHome) => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    const retry = b.request(cookie, { requestId: 'r', isHome: false });
    await retry.regenerate();
    const first = a.request(cookie, { requestId: 'r', isHome, isAbandoned: () => true });
    await expect(first.regenerate()).rejects.toThrow(SessionEndedError);
    expect(await b.request(cookieAfter(retry), { isHome: false }).get()).toEqual({ testList: ['a'] });
  },
);

test('concurrent reads of one request are one read, also of an unknown id, and after a new id', async () => {
  const replica = createReplica();
  const session = replica.request(unknown);
  await Promise.all([session.get(), session.get()]);
  await session.get();
  expect(store.reads).toBe(1);

  const cookie = await startSession(replica);
  await replica.request(cookie, { requestId: 'r' }).regenerate();
  const retry = replica.request(cookie, { requestId: 'r', isHome: false });
  expect(await Promise.all([retry.get(), retry.get()])).toEqual([{ testList: ['a'] }, { testList: ['a'] }]);
});

test('a read at the same time does not bring an ended session back', async () => {
  const replica = createReplica();
  const session = replica.request(await startSession(replica), { isHome: false });
  await Promise.all([session.destroy(), session.get(), session.get()]);
  expect(await session.get()).toBeUndefined();
});

test.each([
  ['no cookie', undefined, 0],
  ['an unknown id', unknown, 1],
])('S7, S10: %s is no session, and reading creates nothing', async (_what, cookie, reads) => {
  const session = createReplica().request(cookie);
  expect([await session.get(), session.source(), session.cookieChange(true)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([store.reads, store.sessions.size]).toEqual([reads, 0]);
});

test('S8: a new session never uses an id that the client brought', async () => {
  const session = createReplica().request(unknown);
  await session.update(add('a'));
  expect(cookieAfter(session).id).not.toBe(unknown.id);
});

describe('S8', () => {
  test('regenerate gives a new id and ends the old one, everywhere', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    const session = b.request(cookie, { isHome: false });
    await session.regenerate();
    expect(await b.request(cookieAfter(session)).get()).toEqual({ testList: ['a'] });
    await a.check();
    for (const replica of [a, b]) expect(await replica.request(cookie).get()).toBeUndefined();
  });

  test('destroy ends the session on every replica, one that was cut off, too', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    const session = b.request(cookie, { isHome: false });
    await session.destroy();
    expect(session.cookieChange(true)).toBe('remove');
    expect(await b.request(cookie).get()).toBeUndefined();
    nowMs += 5001;
    expect(await a.request(cookie).get()).toBeUndefined();
  });

  test('a session that ends during a request is not created again', async () => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    const session = replica.request(cookie);
    await session.get();
    await createReplica().request(cookie, { isHome: false }).destroy();
    await expect(session.update(add('b'))).rejects.toThrow(SessionEndedError);
    expect(store.sessions.size).toBe(0);
  });

  test('a request that learns of the end reads nothing of the session any longer', async () => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    await createReplica().request(cookie, { isHome: false }).destroy();
    const session = replica.request(cookie);
    expect(await session.get()).toEqual({ testList: ['a'] });
    await expect(session.regenerate()).rejects.toThrow(SessionEndedError);
    expect(await session.get()).toBeUndefined();
    await expect(session.update(add('b'))).rejects.toThrow(SessionEndedError);
    expect(store.sessions.size).toBe(0);
  });

  test.each([
    ['a copy in memory', true],
    ['the database', false],
  ])('an end is not confirmed for a session that lives on under a new id, with %s', async (_where, isHome) => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    const other = b.request(cookie, { isHome: false });
    await other.regenerate();
    const late = a.request(cookie, { isHome });
    await expect(late.destroy()).rejects.toThrow(SessionEndedError);
    expect(late.cookieChange(true)).toBeUndefined();
    const next = b.request(cookieAfter(other), { isHome: false });
    await next.destroy();
    expect(store.sessions.size).toBe(0);
  });

  test('an end that was made already is confirmed', async () => {
    const [a, b] = [createReplica(), createReplica()];
    const cookie = await startSession(a);
    await b.request(cookie, { isHome: false }).destroy();
    const late = a.request(cookie);
    await late.destroy();
    expect(late.cookieChange(true)).toBe('remove');
  });

  test('ids without a session are not recorded when they are destroyed', async () => {
    await createReplica().request(unknown).destroy();
    expect(await store.listEnded(10_000)).toEqual([]);
  });

  test('after destroy the same request can begin another session', async () => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    const session = replica.request(cookie);
    await session.destroy();
    expect(await session.update(add('b'))).toEqual({ testList: ['b'] });
    expect(cookieAfter(session).id).not.toBe(cookie.id);
  });

  test('reading keeps a session alive, and writes seldom', async () => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    let writes = 0;
    const commit = store.commit;
    store.commit = async (given) => {
      writes++;
      return await commit(given);
    };
    for (let second = 0; second < 200; second++) {
      nowMs += 1000;
      await replica.check();
      expect(await replica.request(cookie).get()).toEqual({ testList: ['a'] });
    }
    expect(writes).toBeLessThan(40);
    expect(store.reads).toBe(0);
  });

  test('changes that change nothing keep a session alive', async () => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    for (let pastMs = 0; pastMs < 2 * LIFETIMES.idleMs; pastMs += 10_000) {
      nowMs += 10_000;
      await replica.check();
      await replica.request(cookie).update((data) => data);
    }
    expect(await replica.request(cookie).get()).toEqual({ testList: ['a'] });
  });

  test.each([
    ['idle', 60_000],
    ['absolute', 600_000],
  ])('a session ends after its %s lifetime', async (kind, lifetimeMs) => {
    const replica = createReplica();
    const cookie = await startSession(replica);
    for (let pastMs = 0; kind === 'absolute' && pastMs < lifetimeMs - 30_000; pastMs += 30_000) {
      nowMs += 30_000;
      await replica.check();
      expect(await replica.request(cookie).get()).toBeDefined();
    }
    nowMs += kind === 'absolute' ? 30_000 : lifetimeMs;
    await replica.check();
    expect(await replica.request(cookie).get()).toBeUndefined();
  });
});

describe('S9', () => {
  test.each([
    ['too large a state', { testList: ['x'.repeat(1000)] }, SessionTooLargeError],
    ['a testList', [], SessionNotJsonError],
    ['nothing', undefined, SessionNotJsonError],
    ['a promise', Promise.resolve({}), SessionNotJsonError],
    ['a number without end', { testList: 1n }, SessionNotJsonError],
    ['an object that is text as JSON', new URL('http://localhost/'), SessionNotJsonError],
    ['an object that is null as JSON', new Date(Number.NaN), SessionNotJsonError],
    ['an object that JSON leaves out', { toJSON: () => undefined }, SessionNotJsonError],
  ])('%s is rejected', async (_what, state, kind) => {
    const session = createReplica().request(undefined);
    await expect(session.update(() => state as object)).rejects.toThrow(kind);
    expect([session.cookieChange(true), store.sessions.size]).toEqual([undefined, 0]);
  });
});

test('a state may have a property `then`', async () => {
  const session = createReplica().request(undefined);
  const state = JSON.parse('{"then":"later"}');
  expect(await session.update(() => state)).toEqual(state);
});

test('a snapshot cannot be modified', async () => {
  const replica = createReplica();
  const { testList } = (await replica.request(await startSession(replica)).get()) as { testList: string[] };
  expect(() => testList.push('b')).toThrow(TypeError);
});

test('a change that changes nothing is not written', async () => {
  const replica = createReplica();
  const session = replica.request(await startSession(replica));
  await session.update((data) => data);
  expect(session.cookieChange(true)).toBeUndefined();
});
