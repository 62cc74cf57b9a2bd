import { existsSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The alias of `#app/routes` in wrangler.toml is in this folder. */
export const LINK = '.wrangler/app-folder';

/**
 * Links the folder of `APP_FOLDER`, so that wrangler bundles its routes and reloads when something changes in it. Ends the
 * process with a message when the folder has no list of routes.
 */
export function linkAppFolder() {
  const folder = resolve(process.env.APP_FOLDER || 'app');
  if (!existsSync(join(folder, 'routes.ts'))) {
    const got = `${JSON.stringify(folder)}, which ${existsSync(folder) ? 'has none' : 'does not exist'}`;
    console.error(
      `APP_FOLDER: expected a folder with a routes.ts, absolute or relative to the project, got ${got}; for example APP_FOLDER=examples/cart`,
    );
    process.exit(1);
  }
  if (linkedFolder() === folder) return;
  rmSync(LINK, { recursive: true, force: true });
  mkdirSync(dirname(LINK), { recursive: true });
  // Windows: a junction needs no special right.
  symlinkSync(folder, LINK, 'junction');
}

function linkedFolder() {
  try {
    return resolve(readlinkSync(LINK));
  } catch {
    return undefined;
  }
}
