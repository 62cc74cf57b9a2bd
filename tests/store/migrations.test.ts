import { appendFile, cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@libsql/client';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { RowDataPacket } from 'mysql2';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { DatabaseHost } from '../../cli/database-hosts.ts';
import { parseMysqlUrl } from '../../cli/mysql-url.ts';
import { readKitDatabase } from '../../origin/database/drizzle-kit.ts';
import { migrationsFolder } from '../../origin/database/migrations.ts';
import { startEdgeHarness } from '../../testkit/fronts/edge-harness.ts';
import { visits } from '../../testkit/http/visits.ts';
import { createTestDatabase, hasMysql, type TestDatabase } from '../../testkit/mysql/database.ts';
import { type RunOptions, run } from '../../testkit/processes/command.ts';
import { startOrigin } from '../../testkit/processes/origin.ts';
import { openMysql } from '../../testkit/stores/mysql.ts';
import { readLedger } from '../../testkit/stores/mysql-ledger.ts';

/** Drizzle Kit takes seconds to load. Several at the same time on a busy machine take much longer. */
const KIT_TIMEOUT_MS = 120_000;

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

function drizzleKit(args: string[], options: RunOptions): Promise<string> {
  return run(process.execPath, [join(PROJECT, 'node_modules/.bin/drizzle-kit'), ...args], options);
}

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Starts three replicas at the same time that all apply the migrations. */
async function startThreeReplicas(databaseUrl: string): Promise<void> {
  const starting = [1, 2, 3].map(() => startOrigin({ DATABASE_URL: databaseUrl }));
  for (const started of await Promise.allSettled(starting)) {
    if (started.status === 'rejected') throw started.reason;
    onTestFinished(started.value.stop);
  }
}

describe.each(['mysql', 'sqlite'])('the %s migrations', (dialect) => {
  test('match the schema', async () => {
    const folder = await createFolder();
    await cp(join(PROJECT, 'drizzle', dialect), join(folder, dialect), { recursive: true });
    const before = await readdir(folder, { recursive: true });
    const schema = join(PROJECT, 'drizzle', `${dialect}-schema.ts`);
    const flags = [`--dialect=${dialect}`, `--schema=${schema}`, `--out=${dialect}`];
    expect(await drizzleKit(['generate', ...flags], { cwd: folder })).toContain('No schema changes');
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });
});

test('drizzle-kit generate makes migrations for both kinds of database', { timeout: KIT_TIMEOUT_MS }, async () => {
  const folder = await createFolder();
  for (const name of ['app', 'cli', 'drizzle', 'drizzle.config.ts', 'origin', 'package.json']) {
    await cp(join(PROJECT, name), join(folder, name), { recursive: true });
  }
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  for (const [dialect, table] of Object.entries({ mysql: 'mysqlTable', sqlite: 'sqliteTable' })) {
    const column = dialect === 'mysql' ? 'tinyint' : 'integer';
    const added = `export const added = ${table}('added', { id: ${column}().primaryKey() });\n`;
    await appendFile(join(folder, 'drizzle', `${dialect}-schema.ts`), added);
  }
  await drizzleKit(['generate', '--name=added'], { cwd: folder });
  for (const dialect of ['mysql', 'sqlite']) {
    expect(
      (await readdir(join(folder, 'drizzle', dialect))).filter((name) => name.endsWith('_added.sql')),
    ).toHaveLength(1);
  }
});

describe('drizzle-kit connects to the database of the replicas', () => {
  test.each([
    ['by default the SQLite file', {}, { dialect: 'sqlite', dbCredentials: { url: 'file:data/mooring.sqlite' } }],
    ['a URL', { DATABASE_URL: 'file:x.db' }, { dialect: 'sqlite', dbCredentials: { url: 'file:x.db' } }],
    [
      'the parts of a MySQL',
      { DB_HOST: 'db', DB_USER: 'u' },
      { dialect: 'mysql', dbCredentials: { host: 'db', port: 3306, user: 'u', database: 'mooring' } },
    ],
  ])('%s', (_what, env, config) => {
    expect(readKitDatabase(env, true)).toMatchObject(config);
  });
});

describe.skipIf(!hasMysql)('an empty MySQL', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
    onTestFinished(database.drop);
  });

  const migrateByKit = () => drizzleKit(['migrate'], { cwd: PROJECT, env: { DATABASE_URL: database.url } });

  async function migrateByKitWithParts(): Promise<void> {
    const { hosts, user, password, database: name } = parseMysqlUrl(database.url);
    const { host, port } = hosts[0] as DatabaseHost;
    const file = join(await createFolder(), 'password');
    await writeFile(file, `${password}\r\n`);
    const env = { DB_HOST: host, DB_PORT: `${port}`, DB_USER: user, DB_PASSWORD_FILE: file, DB_NAME: name };
    await drizzleKit(['migrate'], { cwd: PROJECT, env });
  }

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
    const [rows] = await database.admin.query<RowDataPacket[]>('select count(*) as count from __mooring_migrations');
    return rows[0]?.count as number;
  }

  test.each([
    ['drizzle-kit migrate', migrateByKit, migrateByKitWithParts],
    ['a replica', migrateByReplica, migrateByReplica],
    ['drizzle-kit migrate and then a replica', migrateByKit, migrateByReplica],
    ['a replica and then drizzle-kit migrate', migrateByReplica, migrateByKit],
  ])(
    'is brought up to date by %s, the second time without a change',
    {
      timeout: KIT_TIMEOUT_MS,
    },
    async (_who, migrate, migrateAgain) => {
      await migrate();
      const applied = await appliedMigrations();
      expect(await readLedger(database.admin)).toEqual({ counter: 0, rows: [] });
      expect(await commit('a')).toEqual([1]);

      await migrateAgain();
      expect(await appliedMigrations()).toBe(applied);
      expect(await commit('b')).toEqual([2]);
      expect(await readLedger(database.admin)).toMatchObject({ counter: 2, rows: [{ number: 1 }, { number: 2 }] });
    },
  );

  const statements = () =>
    readMigrationFiles({ migrationsFolder: migrationsFolder('mysql') }).flatMap(({ sql }) => sql);

  test('is brought up to date wherever a migration before was interrupted', async () => {
    for (let done = 0; done <= statements().length; done++) {
      await database.admin.query(`drop database ${parseMysqlUrl(database.url).database}`);
      await database.admin.query(`create database ${parseMysqlUrl(database.url).database}`);
      await database.admin.changeUser({ database: parseMysqlUrl(database.url).database });
      for (const statement of statements().slice(0, done)) await database.admin.query(statement);
      await migrateByReplica();
      expect(await commit('a')).toEqual([1]);
    }
  });

  test('is brought up to date by three drizzle-kit migrate at once', { timeout: KIT_TIMEOUT_MS }, async () => {
    await Promise.all([migrateByKit(), migrateByKit(), migrateByKit()]);
    expect(await readLedger(database.admin)).toEqual({ counter: 0, rows: [] });
    expect(await appliedMigrations()).toBe(readMigrationFiles({ migrationsFolder: migrationsFolder('mysql') }).length);
  });

  test('is brought up to date beside another app whose migrations Drizzle records', async () => {
    await database.admin.query(
      'create table __drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
    );
    await database.admin.query('insert into __drizzle_migrations (hash, created_at) values (?, ?)', ['other', 9e15]);
    await migrateByReplica();
    expect(await commit('a')).toEqual([1]);
    const [records] = await database.admin.query('select hash, created_at from __drizzle_migrations');
    expect(records).toEqual([{ hash: 'other', created_at: 9e15 }]);
  });

  test('that an older version of Mooring migrated keeps its visits', async () => {
    const [tables, counter, replicas] = readMigrationFiles({ migrationsFolder: migrationsFolder('mysql') });
    await database.admin.query(
      'create table __drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
    );
    for (const { sql, hash, folderMillis } of [tables, counter, replicas].flatMap((migration) => migration ?? [])) {
      for (const statement of sql) await database.admin.query(statement);
      await database.admin.query('insert into __drizzle_migrations (hash, created_at) values (?, ?)', [
        hash,
        folderMillis,
      ]);
    }
    await database.admin.query(
      `insert into access_log values (1, 'past', utc_timestamp(3) - interval 1 day, '', '', ''),
                                     (2, 'future', utc_timestamp(3) + interval 40 day, '', '', '')`,
    );
    await database.admin.query('update global_counter set value = 2');
    await migrateByReplica();
    expect(await commit('future')).toEqual([2]);
    expect(await commit('new')).toEqual([3]);
    const { rows } = await readLedger(database.admin);
    const hoursAgo = rows.map(({ timeMs }) => Math.round((Date.now() - timeMs) / 3_600_000));
    expect(hoursAgo).toEqual([24, 0, 0]);
  });

  test('is brought up to date once by replicas that start at the same time', async () => {
    await startThreeReplicas(database.url);
    expect(await readLedger(database.admin)).toEqual({ counter: 0, rows: [] });
    const [counters] = await database.admin.query('select id, value from global_counter');
    expect(counters).toEqual([{ id: 1, value: 0 }]);
  });
});

test('a D1 that Wrangler migrated under its own name takes all migrations once more', {
  timeout: KIT_TIMEOUT_MS,
}, async () => {
  const { d1, close } = await startEdgeHarness();
  onTestFinished(close);
  const { results } = await d1
    .prepare("select name from sqlite_master where name like '%\\_migrations' escape '\\'")
    .all();
  expect(results).toEqual([{ name: 'mooring_migrations' }]);
  await d1.prepare('update global_counter set value = 7').run();
  const statements = readMigrationFiles({ migrationsFolder: migrationsFolder('sqlite') }).flatMap(({ sql }) => sql);
  await d1.batch(statements.map((statement) => d1.prepare(statement)));
  expect(await d1.prepare('select id, value from global_counter').first()).toEqual({ id: 1, value: 7 });
});

describe('an empty SQLite file', () => {
  test('is brought up to date by drizzle-kit migrate', { timeout: KIT_TIMEOUT_MS }, async () => {
    const url = `file:${join(await createFolder(), 'visits.sqlite')}`;
    await drizzleKit(['migrate'], { cwd: PROJECT, env: { DATABASE_URL: url } });
    const client = createClient({ url });
    onTestFinished(() => client.close());
    const { rows } = await client.execute('select count(*) as count from __mooring_migrations');
    expect(rows[0]?.count).toBe(readMigrationFiles({ migrationsFolder: migrationsFolder('sqlite') }).length);
  });

  test('is brought up to date once by replicas that start at the same time', async () => {
    const url = `file:${join(await createFolder(), 'not', 'there', 'yet', 'visits.sqlite')}`;
    await startThreeReplicas(url);
    const client = createClient({ url });
    onTestFinished(() => client.close());
    const { rows } = await client.execute('select id, value from global_counter');
    expect(rows.map((row) => ({ ...row }))).toEqual([{ id: 1, value: 0 }]);
  });
});
