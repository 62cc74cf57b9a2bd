import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CommitFate, createMemorySessionStore } from '../../testkit/stores/memory-sessions.ts';
import { createEndedSessions } from './ended-sessions.ts';
import { type OpenSession, openSession } from './open-session.ts';
import { createDirectAccess } from './session-access.ts';
import { createSessionCache } from './session-cache.ts';
import type { SessionCookie } from './session-cookie.ts';
import { createSessionStats } from './session-stats.ts';
import { createTurns } from './turns.ts';

const REPLICAS = 3;
const LIFETIMES = { idleMs: 3_600_000, absoluteMs: 36_000_000 };

/** One request of the client, and what happens to it. */
const steps = fc.record({
  /** The replica that gets the request. */
  at: fc.nat(REPLICAS - 1),
  /** A replica that the client's affinity cookie names in place of the last one that answered (A13, A14). */
  movedTo: fc.option(fc.nat(REPLICAS - 1), { freq: 4, nil: undefined }),
  does: fc.constantFrom('read', 'add', 'add', 'add twice', 'new id', 'add, new id', 'end'),
  fates: fc.array(fc.constantFrom<CommitFate[]>('done', 'done', 'lost after', 'lost before', 'refused'), {
    maxLength: 3,
  }),
  /** The balancer tries the request again on these replicas, because their predecessors' responses are lost. */
  retriedAt: fc.array(fc.nat(REPLICAS - 1), { maxLength: 2 }),
  /** Whether the client gets the response. */
  arrives: fc.boolean(),
  passesMs: fc.constantFrom(0, 500, 3000, 20_000),
  /** Replicas that hear of ended sessions now. */
  checks: fc.array(fc.nat(REPLICAS - 1)),
});

function createCluster() {
  let nowMs = 0;
  const monotonicMs = () => nowMs;
  const store = createMemorySessionStore(LIFETIMES, monotonicMs);
  const pause = async (ms: number) => {
    nowMs += ms;
  };
  const shared = { stats: createSessionStats(), lifetimes: LIFETIMES, maxBytes: 10_000, monotonicMs, pause };
  const replicas = Array.from({ length: REPLICAS }, () => {
    const cache = createSessionCache({ maxBytes: 1_000_000, monotonicMs });
    const { check } = createEndedSessions({ listEnded: store.listEnded, cache, monotonicMs });
    return { check, deps: { ...shared, access: createDirectAccess(store), cache, takeTurns: createTurns() } };
  });
  return { store, replicas, pass: pause };
}

test('S2 to S8: whatever fails, moves and is retried, no acknowledged change is lost, doubled or seen to vanish', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 30 }), async (walk) => {
      const { store, replicas, pass } = createCluster();
      let cookie: SessionCookie | undefined;
      let home = -1;
      /** Changes that the client knows of, in their order. */
      let acknowledged: string[] = [];
      /** Changes that may have been made, because their responses are missing. */
      const uncertain = new Set<string>();
      const dead: SessionCookie[] = [];

      /** Checks what a replica read: every acknowledged change once and in order, and nothing that was never sent. */
      function check(testList: readonly string[] | undefined, added: string[] = []): void {
        const seen = testList ?? [];
        expect(seen.filter((item) => !uncertain.has(item))).toEqual([...acknowledged, ...added]);
        expect(new Set(seen).size).toBe(seen.length);
      }

      function forget(): void {
        cookie = undefined;
        acknowledged = [];
        uncertain.clear();
      }

      async function perform(session: OpenSession, does: (typeof walk)[number]['does'], item: string) {
        const add = (name: string) => session.update(({ testList = [] }) => ({ testList: [...testList, name] }));
        if (does === 'read') check((await session.get())?.testList);
        if (does.startsWith('add')) await add(`${item}-1`);
        if (does === 'add twice') await add(`${item}-2`);
        if (does.endsWith('new id')) await session.regenerate();
        if (does === 'end') await session.destroy();
      }

      for (const [n, step] of walk.entries()) {
        await pass(step.passesMs);
        home = step.movedTo ?? home;
        for (const index of step.checks) await replicas[index]?.check();
        const items = step.does.startsWith('add') ? [`${n}-1`, ...(step.does === 'add twice' ? [`${n}-2`] : [])] : [];
        for (const item of items) uncertain.add(item);
        store.fates = [...step.fates];
        const places = [step.at, ...step.retriedAt];
        for (const [index, place] of places.entries()) {
          const isLast = index === places.length - 1;
          const { deps } = replicas[place] as (typeof replicas)[number];
          const session = openSession({ cookie, requestId: `request-${n}`, isHome: place === home }, deps);
          const isDone = await perform(session, step.does, `${n}`).then(
            () => true,
            (error: Error) => {
              if (!['StoreUnavailableError', 'CommitInDoubtError'].includes(error.name)) throw error;
              return false;
            },
          );
          const isAnswered = isLast && isDone && step.arrives;
          if (isDone && step.does === 'end' && cookie) dead.push(cookie);
          if (!isAnswered) continue;
          home = place;
          const change = session.cookieChange(true);
          if (change === 'remove') forget();
          else if (change) cookie = change.set;
          for (const item of items) uncertain.delete(item);
          if (step.does === 'read') {
            // What the client has seen must stay.
            acknowledged = [...((await session.get())?.testList ?? [])];
            for (const item of acknowledged) uncertain.delete(item);
          }
          if (items.length > 0) {
            const testList = (await session.get())?.testList ?? [];
            expect(testList.filter((item) => acknowledged.includes(item))).toEqual(acknowledged);
            check(testList, items);
            acknowledged = [...testList];
            for (const item of testList) uncertain.delete(item);
          }
        }
        // A client that does not get the response to a new id, or to the end, may have no session any more.
        const { deps } = replicas[0] as (typeof replicas)[number];
        const mayBeOver = step.does.endsWith('new id') || step.does === 'end';
        store.fates = [];
        if (mayBeOver && !(await openSession({ cookie, requestId: 'probe', isHome: false }, deps).get())) forget();
      }

      store.fates = [];
      if (cookie && !dead.some(({ id }) => id === cookie?.id)) {
        for (const [index, { deps }] of replicas.entries()) {
          const session = openSession({ cookie, requestId: 'last', isHome: index === home }, deps);
          check((await session.get())?.testList);
        }
      }
      for (const { check: hear } of replicas) await hear();
      for (const { deps } of replicas) {
        for (const ended of dead) {
          expect(await openSession({ cookie: ended, requestId: 'dead', isHome: true }, deps).get()).toBeUndefined();
        }
      }
    }),
    { numRuns: 300 },
  );
});
