import { expect, test, vi } from 'vitest';
import { createEndedSessions } from './ended-sessions.ts';
import { createSessionCache } from './session-cache.ts';
import { copyOf } from './session-copy.ts';

function setUp() {
  let [monotonicMs, nowMs] = [0, 1_000_000];
  const cache = createSessionCache({ maxBytes: 1_000_000, monotonicMs: () => monotonicMs, nowMs: () => nowMs });
  const listEnded = vi.fn(async (): Promise<string[]> => []);
  const ended = createEndedSessions({ listEnded, cache, monotonicMs: () => monotonicMs });
  return {
    cache,
    listEnded,
    check: ended.check,
    pass(ms: number, { suspended = false } = {}) {
      if (!suspended) monotonicMs += ms;
      nowMs += ms;
    },
  };
}

const COPY = copyOf({ version: 1, data: '{}', recentChanges: [], expiresInMs: 100_000, endsInMs: 100_000 }, 0);

test('copies are kept from check to check, unless their sessions have ended', async () => {
  const { cache, listEnded, check, pass } = setUp();
  await check();
  cache.set('a', COPY);
  cache.set('b', COPY);
  listEnded.mockResolvedValue(['b']);
  pass(1000);
  await check();
  expect([cache.get('a'), cache.get('b')]).toEqual([COPY, undefined]);
});

test.each([
  ['was suspended', { suspended: true }],
  ['did not reach the database', {}],
])('no copy is used after the machine %s for longer than the database lists ended sessions', async (_why, kind) => {
  const { cache, check, pass } = setUp();
  await check();
  cache.set('a', COPY);
  pass(60_000, kind);
  expect(cache.get('a')).toBeUndefined();
  await check();
  expect(cache.get('a')).toBeUndefined();
});

test('a wall clock that is set back drops nothing', async () => {
  const { cache, check, pass } = setUp();
  await check();
  cache.set('a', COPY);
  pass(-60_000, { suspended: true });
  await check();
  expect(cache.get('a')).toBe(COPY);
});
