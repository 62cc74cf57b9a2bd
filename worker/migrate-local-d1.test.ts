import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('migrate-local-d1.mjs', import.meta.url));
const DATABASE = '.wrangler/state/v3/d1/objects/db.sqlite';

/** Stands in for wrangler: creates the database file and counts its runs. */
const NPX = `#!/bin/sh
echo "$*" >>runs
mkdir -p ${DATABASE.slice(0, DATABASE.lastIndexOf('/'))}
touch ${DATABASE}
[ ! -e broken ]
`;

async function createProject() {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-migrate-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const write = (path: string, text: string) => writeFile(join(folder, path), text);
  await mkdir(join(folder, 'drizzle/sqlite'), { recursive: true });
  await write('wrangler.toml', 'name = "test"');
  await write('drizzle/sqlite/0000_first.sql', 'create table a (id integer)');
  for (const app of ['app', 'shop']) {
    await mkdir(join(folder, app));
    await write(`${app}/routes.ts`, '');
  }
  await write('npx', NPX);
  await chmod(join(folder, 'npx'), 0o755);

  /** @returns the exit code, and how often migrations have been applied so far */
  async function build(command = 'dev', appFolder = '') {
    const PATH = [folder, process.env.PATH].join(delimiter);
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT], {
      cwd: folder,
      env: { ...process.env, PATH, WRANGLER_COMMAND: command, APP_FOLDER: appFolder },
      encoding: 'utf8',
    });
    const runs = await readFile(join(folder, 'runs'), 'utf8').catch(() => '');
    return { status, runs: runs.split('\n').length - 1, ...(stderr && { stderr }) };
  }
  return { folder, build, write, remove: (path: string) => rm(join(folder, path), { recursive: true }) };
}

test('migrations are applied at the first build, and again only when they, the settings or the database changed', async () => {
  const { build, write, remove } = await createProject();
  expect(await build()).toEqual({ status: 0, runs: 1 });
  expect(await build()).toEqual({ status: 0, runs: 1 });
  await write('drizzle/sqlite/0001_second.sql', 'create table b (id integer)');
  expect(await build()).toEqual({ status: 0, runs: 2 });
  await write('wrangler.toml', 'name = "other"');
  expect(await build()).toEqual({ status: 0, runs: 3 });
  await remove(DATABASE);
  expect(await build()).toEqual({ status: 0, runs: 4 });
  await remove('.wrangler');
  expect(await build()).toEqual({ status: 0, runs: 5 });
  expect(await build()).toEqual({ status: 0, runs: 5 });
});

test('migrations that fail stop the build, and are tried again at the next one', async () => {
  const { build, write, remove } = await createProject();
  await write('broken', '');
  expect(await build()).toEqual({ status: 1, runs: 1 });
  await remove('broken');
  expect(await build()).toEqual({ status: 0, runs: 2 });
});

test('a build for Cloudflare needs no local database', async () => {
  const { build } = await createProject();
  expect(await build('deploy')).toEqual({ status: 0, runs: 0 });
});

test('wrangler bundles the app in the folder of APP_FOLDER, which may change', async () => {
  const { folder, build } = await createProject();
  for (const [variable, app] of [
    ['', 'app'],
    ['shop', 'shop'],
    ['./shop/', 'shop'],
    [join(folder, 'app'), 'app'],
  ] as const) {
    expect(await build('deploy', variable)).toEqual({ status: 0, runs: 0 });
    expect(await readlink(join(folder, '.wrangler/app-folder'))).toBe(join(folder, app));
  }
});

test.each([
  ['nowhere', 'which does not exist'],
  ['drizzle', 'which has none'],
])('APP_FOLDER=%s, %s, stops the build', async (variable, why) => {
  const { folder, build } = await createProject();
  const { status, stderr } = await build('dev', variable);
  expect(status).toBe(1);
  expect(stderr).toContain(
    `APP_FOLDER: expected a folder with a routes.ts, absolute or relative to the project, got "${join(folder, variable)}", ${why};`,
  );
});

test("an app's migrations are applied after Mooring's, into a record of their own, and again when they change", async () => {
  const { folder, build, write } = await createProject();
  const database =
    '[[d1_databases]]\nbinding = "DB"\ndatabase_id = "1"\nmigrations_dir = "drizzle/sqlite"\nmigrations_table = "ours"\n';
  await write('wrangler.toml', `name = "test"\n${database}[build]\ncommand = "x"\n`);
  await mkdir(join(folder, 'shop/migrations/sqlite'), { recursive: true });
  await write('shop/migrations/sqlite/0000_tables.sql', 'create table shop (id integer)');
  expect(await build('dev', 'shop')).toEqual({ status: 0, runs: 2 });
  expect(await readFile(join(folder, '.wrangler/app-d1.toml'), 'utf8')).toBe(
    'name = "mooring"\n[[d1_databases]]\nbinding = "DB"\ndatabase_id = "1"\nmigrations_dir = "app-folder/migrations/sqlite"\nmigrations_table = "app_migrations"\n',
  );
  expect(await build('dev', 'shop')).toEqual({ status: 0, runs: 2 });
  await write('shop/migrations/sqlite/0001_more.sql', 'create table more (id integer)');
  expect(await build('dev', 'shop')).toEqual({ status: 0, runs: 4 });
});
