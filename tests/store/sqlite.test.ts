import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { drizzle } from 'drizzle-orm/libsql';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { StoreUnavailableError } from '../../app/lib/store-errors.ts';
import { createSqliteStore } from '../../app/storage/sqlite/visit-store.ts';
import { fileUrl } from '../../cli/database-url.ts';
import { openDatabase } from '../../origin/database/open.ts';
import { openSqlite } from '../../origin/database/sqlite.ts';
import { createLogger } from '../../origin/log/logger.ts';

const log = createLogger('silent');
let path: string;
let url: string;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  path = join(folder, 'visits.sqlite');
  url = fileUrl(path);
  const { store, migrate } = openSqlite(path, log);
  await migrate();
  await store.close();
});

function visit(requestId: string) {
  return { requestId, clientIp: '192.0.2.1', serverIp: '192.0.2.2', sid: 'a' };
}

/** Opens a store that calls `pause` between its tries. The returned `lock` takes its write lock. */
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

test('a write waits for a lock that another process releases in time', async () => {
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

test('a call that meets a connection while it is reopened is repeated', async () => {
  const { store, lock } = openStore(async () => {});
  const held = await lock();
  const refused = expect(store.commit([visit('a')])).rejects.toThrow(StoreUnavailableError);
  const counts = Array.from({ length: 20 }, () => store.count());
  expect(await Promise.all(counts)).toEqual(counts.map(() => 0));
  await refused;
  await held.rollback();
});

describe('a file that is no longer in place', () => {
  test.each<[string, () => Promise<void>]>([
    ['removed', () => rm(path)],
    ['moved away', () => rename(path, `${path}.old`)],
    [
      'replaced by a backup',
      async () => {
        await cp(path, `${path}.backup`);
        await rename(`${path}.backup`, path);
      },
    ],
  ])('V4: gets no more writes once it is %s', async (_how, change) => {
    const { store, replicas } = openSqlite(path, log);
    onTestFinished(store.close);
    expect(await store.commit([visit('a')])).toEqual([1]);
    await change();
    await expect(store.commit([visit('b')])).rejects.toMatchObject({
      name: 'StoreUnavailableError',
      cause: { name: 'FileReplacedError', message: expect.stringContaining('stop all replicas') },
    });
    await expect(store.count()).rejects.toThrow(StoreUnavailableError);
    await expect(replicas.list()).rejects.toThrow(StoreUnavailableError);
  });

  test('is used again when it has returned', async () => {
    const { store } = openSqlite(path, log);
    onTestFinished(store.close);
    expect(await store.commit([visit('a')])).toEqual([1]);
    await rename(path, `${path}.away`);
    await expect(store.commit([visit('b')])).rejects.toThrow(StoreUnavailableError);
    await rename(`${path}.away`, path);
    expect(await store.commit([visit('b')])).toEqual([2]);
  });
});

describe('an unusable file prevents the start', () => {
  /** Puts a folder in the place of SQLite's write-ahead log. */
  async function blockLog(): Promise<void> {
    await rm(`${path}-wal`, { force: true });
    await mkdir(`${path}-wal`);
  }

  test.each<[string, boolean, () => Promise<void>]>([
    // Not by permissions: tests may run as root, who has all of them.
    ['whose write-ahead log cannot be written', false, blockLog],
    ['whose write-ahead log cannot be written, with --migrate', true, blockLog],
    [
      'whose folder is a file',
      false,
      async () => {
        path = join(path, 'below', 'visits.sqlite');
      },
    ],
  ])('one %s', async (_what, migrate, damage) => {
    await damage();
    const opening = openDatabase({ kind: 'sqlite', path, isDefault: false }, log, { migrate });
    await expect(opening).rejects.toMatchObject({
      name: 'DatabaseUnusableError',
      message: expect.stringContaining(`the database ${fileUrl(path)} cannot be used: `),
    });
  });

  test('a file that another replica is writing to is accepted', async () => {
    const other = createClient({ url, concurrency: 1 });
    const held = await other.transaction('write');
    const { store } = await openDatabase({ kind: 'sqlite', path, isDefault: false }, log, { migrate: false });
    held.close();
    other.close();
    expect(await store.commit([visit('a')])).toEqual([1]);
    await store.close();
  });
});

test('a table of another app with one of our names makes the migration fail', async () => {
  const client = createClient({ url });
  await client.executeMultiple(
    'drop table replica; drop table __mooring_migrations; create table replica (id integer)',
  );
  client.close();
  const opening = openDatabase({ kind: 'sqlite', path, isDefault: false }, log, { migrate: true });
  await expect(opening).rejects.toThrow(/cannot be used: .*no such column/);
});
