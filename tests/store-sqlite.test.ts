import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { drizzle } from 'drizzle-orm/libsql';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { StoreUnavailableError } from '../origin/errors.ts';
import { createLogger } from '../origin/node/logger.ts';
import { openSqlite } from '../origin/node/sqlite-database.ts';
import { createSqliteStore } from '../origin/sqlite-store.ts';

const log = createLogger('silent');
let url: string;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  url = `file:${join(folder, 'visits.sqlite')}`;
  const { store, migrate } = openSqlite(url, log);
  await migrate();
  await store.close();
});

function visit(requestId: string) {
  return { requestId, timeMs: 0, clientIp: '192.0.2.1', serverIp: '192.0.2.2', sid: 'a' };
}

/** A store that does not pause between its tries, and a way to take the write lock from it. */
function openStore(pause: () => Promise<void>) {
  const client = createClient({ url, timeout: 1, concurrency: 1 });
  const other = createClient({ url, concurrency: 1 });
  onTestFinished(() => {
    client.close();
    other.close();
  });
  const reconnect = async () => client.reconnect();
  return {
    store: createSqliteStore({ db: drizzle({ client }), log, reconnect, pause }),
    lock: () => other.transaction('write'),
  };
}

test('a write lock that another process lets go in time is waited for', async () => {
  let pauses = 0;
  const { store, lock } = openStore(async () => {
    if (++pauses === 3) await held.rollback();
  });
  const held = await lock();
  expect(await store.commit([visit('a')])).toEqual([1]);
});

test('a write lock that another process keeps fails the visit, and the next one is counted when it is free', async () => {
  const { store, lock } = openStore(async () => {});
  const held = await lock();
  await expect(store.commit([visit('a')])).rejects.toThrow(StoreUnavailableError);
  expect(await store.count()).toBe(0);

  await held.rollback();
  expect(await store.commit([visit('b')])).toEqual([1]);
  expect(await store.commit([visit('a')])).toEqual([2]);
});

test('a call that meets a connection being made anew is made again', async () => {
  const { store, lock } = openStore(async () => {});
  const held = await lock();
  const refused = expect(store.commit([visit('a')])).rejects.toThrow(StoreUnavailableError);
  const counts = Array.from({ length: 20 }, () => store.count());
  expect(await Promise.all(counts)).toEqual(counts.map(() => 0));
  await refused;
  await held.rollback();
});
