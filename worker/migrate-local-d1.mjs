// wrangler runs this before it bundles for `wrangler dev` (see wrangler.toml), and again after each saved file, with
// whatever Node is installed. Applying migrations loads wrangler a second time, which takes seconds. So this does it
// only when there may be something to apply.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkAppFolder } from './link-app-folder.mjs';

const MIGRATIONS = 'drizzle/sqlite';
const D1 = '.wrangler/state/v3/d1';
const STAMP = '.wrangler/state/mooring-migrations';

/**
 * Returns a hash of the migrations and settings, and of the inodes of the database's files: those may have been
 * deleted.
 */
function currentState() {
  const hash = createHash('sha256').update(readFileSync('wrangler.toml'));
  for (const name of readdirSync(MIGRATIONS).sort()) {
    if (name.endsWith('.sql')) hash.update(`\0${name}\0`).update(readFileSync(join(MIGRATIONS, name)));
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

linkAppFolder();

// `wrangler deploy` runs the build, too, and needs no local database.
if ((process.env.WRANGLER_COMMAND ?? 'dev') === 'dev' && !isUpToDate()) {
  const { status } = spawnSync('npx wrangler d1 migrations apply DB --local', { shell: true, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(STAMP, currentState());
}
