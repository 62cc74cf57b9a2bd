import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@libsql/client';
import type { RowDataPacket } from 'mysql2';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type RunOptions, run } from './support/command.ts';
import { createTestDatabase, hasMysql, type TestDatabase } from './support/mysql-database.ts';
import { startOrigin } from './support/origin-process.ts';
import { openMysql, readLedger } from './support/store-mysql.ts';
import { visits } from './support/visits.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

function drizzleKit(args: string[], options: RunOptions): Promise<string> {
  return run(process.execPath, [join(PROJECT, 'node_modules/.bin/drizzle-kit'), ...args], options);
}

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Starts three replicas at once that all bring the database up to date. */
async function startThreeReplicas(databaseUrl: string): Promise<void> {
  const starting = [1, 2, 3].map(() => startOrigin({ DATABASE_URL: databaseUrl }));
  for (const started of await Promise.allSettled(starting)) {
    if (started.status === 'rejected') throw started.reason;
    onTestFinished(started.value.stop);
  }
}

describe.each(['mysql', 'sqlite'])('the %s migrations', (dialect) => {
  test('are what the schema says', async () => {
    const folder = await createFolder();
    await cp(join(PROJECT, 'drizzle', dialect), join(folder, dialect), { recursive: true });
    const before = await readdir(folder, { recursive: true });
    const schema = join(PROJECT, 'drizzle', `${dialect}-schema.ts`);
    const flags = [`--dialect=${dialect}`, `--schema=${schema}`, `--out=${dialect}`];
    expect(await drizzleKit(['generate', ...flags], { cwd: folder })).toContain('No schema changes');
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });
});

describe.skipIf(!hasMysql)('an empty MySQL', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
    onTestFinished(database.drop);
  });

  const migrateByKit = () => drizzleKit(['migrate'], { cwd: PROJECT, env: { DATABASE_URL: database.url } });

  async function migrateByReplica(): Promise<void> {
    const { store, migrate } = openMysql(database.url);
    await migrate();
    await store.close();
  }

  async function commit(requestId: string): Promise<number[]> {
    const { store } = openMysql(database.url);
    onTestFinished(store.close);
    return store.commit(visits(requestId));
  }

  async function appliedMigrations(): Promise<number> {
    const [rows] = await database.admin.query<RowDataPacket[]>('select count(*) as count from __drizzle_migrations');
    return rows[0]?.count as number;
  }

  test.each([
    ['drizzle-kit migrate', migrateByKit, migrateByKit],
    ['a replica', migrateByReplica, migrateByReplica],
    ['drizzle-kit migrate and then a replica', migrateByKit, migrateByReplica],
    ['a replica and then drizzle-kit migrate', migrateByReplica, migrateByKit],
  ])('is brought up to date by %s, the second time without a change', async (_who, migrate, migrateAgain) => {
    await migrate();
    const applied = await appliedMigrations();
    expect(await readLedger(database.admin)).toEqual({ counter: 0, rows: [] });
    expect(await commit('a')).toEqual([1]);

    await migrateAgain();
    expect(await appliedMigrations()).toBe(applied);
    expect(await commit('b')).toEqual([2]);
    expect(await readLedger(database.admin)).toMatchObject({ counter: 2, rows: [{ number: 1 }, { number: 2 }] });
  });

  test('is brought up to date once by replicas that start at the same time', async () => {
    await startThreeReplicas(database.url);
    expect(await readLedger(database.admin)).toEqual({ counter: 0, rows: [] });
    const [counters] = await database.admin.query('select id, value from global_counter');
    expect(counters).toEqual([{ id: 1, value: 0 }]);
  });
});

describe('an empty SQLite file', () => {
  test('is brought up to date once by replicas that start at the same time', async () => {
    const url = `file:${join(await createFolder(), 'not', 'there', 'yet', 'visits.sqlite')}`;
    await startThreeReplicas(url);
    const client = createClient({ url });
    onTestFinished(() => client.close());
    const { rows } = await client.execute('select id, value from global_counter');
    expect(rows.map((row) => ({ ...row }))).toEqual([{ id: 1, value: 0 }]);
  });
});
