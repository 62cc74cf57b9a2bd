// wrangler runs this before it bundles for `wrangler dev` (see wrangler.toml), and again after each saved file, with
// whatever Node is installed. Applying migrations loads wrangler a second time, which takes seconds. So this does it
// only when there may be something to apply.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { LINK, linkAppFolder } from './link-app-folder.mjs';

const MIGRATIONS = 'drizzle/sqlite';
const APP_MIGRATIONS = `${LINK}/migrations/sqlite`;
/** The database of wrangler.toml with the migrations of the app, which have a record of their own. */
const APP_CONFIG = '.wrangler/app-d1.toml';
const D1 = '.wrangler/state/v3/d1';
const STAMP = '.wrangler/state/mooring-migrations';

/**
 * Returns a hash of the migrations and settings, and of the inodes of the database's files: those may have been
 * deleted.
 */
function currentState() {
  const hash = createHash('sha256').update(readFileSync('wrangler.toml'));
  for (const folder of [MIGRATIONS, APP_MIGRATIONS].filter(existsSync)) {
    for (const name of readdirSync(folder).sort()) {
      if (name.endsWith('.sql')) hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
    }
  }
  const databases = readdirSync(D1, { recursive: true }).filter((name) => name.endsWith('.sqlite'));
  for (const name of databases.sort()) hash.update(`\0${name}\0${statSync(join(D1, name)).ino}`);
  return hash.digest('hex');
}

function isUpToDate() {
  try {
    return readFileSync(STAMP, 'utf8') === currentState();
  } catch {
    // Nothing was applied yet, or the database is gone.
    return false;
  }
}

function apply(flags = '') {
  const command = `npx wrangler d1 migrations apply DB --local ${flags}`;
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Writes the configuration with which wrangler applies the migrations of the app, here and with `--remote`. */
function writeAppConfig() {
  const config = readFileSync('wrangler.toml', 'utf8');
  const database = /\[\[d1_databases\]\][^[]*/.exec(config)?.[0] ?? '';
  const changed = database
    .replace(/migrations_dir = .*/, `migrations_dir = "${relative(dirname(APP_CONFIG), APP_MIGRATIONS)}"`)
    .replace(/migrations_table = .*/, 'migrations_table = "app_migrations"');
  writeFileSync(APP_CONFIG, `name = "mooring"\n${changed}`);
}

linkAppFolder();
if (existsSync(APP_MIGRATIONS)) writeAppConfig();

// `wrangler deploy` runs the build, too, and needs no local database.
if ((process.env.WRANGLER_COMMAND ?? 'dev') === 'dev' && !isUpToDate()) {
  apply();
  if (existsSync(APP_MIGRATIONS)) apply(`--config ${APP_CONFIG} --persist-to .wrangler/state`);
  writeFileSync(STAMP, currentState());
}
