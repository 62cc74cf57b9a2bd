import type { D1Database } from '@cloudflare/workers-types';
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CommitInDoubtError } from '../../app/lib/store-errors.ts';
import { createSqliteStore } from '../../app/storage/sqlite/visit-store.ts';
import { createGroupCommit } from '../../app/visits/group-commit.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { type EdgeHarness, startEdgeHarness } from '../../testkit/fronts/edge-harness.ts';
import { visit, visits } from '../../testkit/http/visits.ts';

type Loss = 'request' | 'answer' | 'silence';

let edge: EdgeHarness;

beforeAll(async () => {
  edge = await startEdgeHarness();
});

afterAll(() => edge.close());

beforeEach(async () => {
  await edge.d1.batch([
    edge.d1.prepare('delete from access_log'),
    edge.d1.prepare('update global_counter set value = 0'),
  ]);
});

/** Wraps the D1 so that its first batch is lost. */
function losing(loss: Loss, message = 'D1_ERROR: Network connection lost.'): D1Database {
  let isLost = false;
  const batch: D1Database['batch'] = async (statements) => {
    if (isLost) return edge.d1.batch(statements);
    isLost = true;
    if (loss === 'request') throw new Error(message);
    await edge.d1.batch(statements);
    if (loss === 'answer') throw new Error(message);
    return new Promise(() => {});
  };
  return new Proxy(edge.d1, {
    get(target, key: keyof D1Database) {
      if (key === 'batch') return batch;
      const value = target[key];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Short enough for a test, and long enough for a batch that is not lost. */
const DEADLINE_MS = 2000;

function openStore(database: D1Database) {
  return createSqliteStore({ db: drizzle(database), log: createLogger('silent'), deadlineMs: DEADLINE_MS });
}

const counter = () => edge.d1.prepare('select value from global_counter').first<number>('value');

test.each<[string, Loss, string?]>([
  ['request is lost', 'request'],
  ['answer is lost', 'answer'],
  ['answer is lost to a reset', 'answer', 'D1_ERROR: D1 DB reset because its code was updated.'],
  ['answer never comes', 'silence'],
])('V4: a commit whose %s is in doubt, and is resolved by request id', async (_what, loss, message) => {
  const store = openStore(losing(loss, message));
  const groupCommit = createGroupCommit({ commit: store.commit, queueLimit: 1 });
  expect(await groupCommit.record(visit('a'))).toBe(1);
  expect(await counter()).toBe(1);
  expect(await groupCommit.record(visit('b'))).toBe(2);
});

test('V4: a commit that D1 rejects is not in doubt', async () => {
  const store = openStore(edge.d1);
  await edge.d1.prepare('alter table access_log rename to gone').run();
  const failed = store.commit(visits('a'));
  await expect(failed).rejects.toMatchObject({ name: 'StoreUnavailableError' });
  await expect(failed).rejects.not.toThrow(CommitInDoubtError);
  await edge.d1.prepare('alter table gone rename to access_log').run();
});
