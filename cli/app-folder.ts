import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { addProblem, describeProblem, SettingsError, setting } from '../app/lib/settings.ts';
import { parsedBy } from '../app/lib/text-format.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const EXPECTED = 'a folder with a routes.ts, absolute or relative to the project';
const EXAMPLE = 'examples/cart';

/** Returns the absolute path of an app's folder. */
export function resolveAppFolder(folder: string): string {
  return resolve(PROJECT, folder);
}

/** The setting of every program that runs the app's routes. Its value is an absolute path. */
export const APP_FOLDER = setting(parsedBy(EXPECTED, resolveAppFolder), {
  about: "Folder of the app: its `routes.ts` lists the routes. Relative to Mooring's own folder, or absolute.",
  example: EXAMPLE,
  default: resolveAppFolder('app'),
  defaultText: '`app`',
});

/** A fact about an image, like the stop grace period: only the folder that it was built with is in it. */
export const IMAGE_APP_FOLDER = setting(parsedBy(EXPECTED, resolveAppFolder), {
  about: 'The folder that an image was built with; `APP_FOLDER` must be the same.',
  example: EXAMPLE,
});

/** Reports an `APP_FOLDER` that is not in the image. */
export function appFolderRule(
  {
    APP_FOLDER: wanted,
    IMAGE_APP_FOLDER: built = wanted,
  }: { APP_FOLDER: string; IMAGE_APP_FOLDER: string | undefined },
  ctx: z.RefinementCtx,
): void {
  if (wanted === built) return;
  const expected = `${JSON.stringify(relative(PROJECT, built))}, which the image was built with`;
  const fix = 'build it again, for example with ./update.sh or docker compose up --build';
  addProblem(ctx, 'APP_FOLDER', expected, JSON.stringify(relative(PROJECT, wanted)), fix);
}

/**
 * Returns the path of the file that lists an app's routes.
 *
 * @param givenBy the setting or flag that named the folder, for messages
 * @throws {SettingsError} when there is no such file
 */
export function routesFileIn(folder: string, givenBy = 'APP_FOLDER'): string {
  const file = join(resolveAppFolder(folder), 'routes.ts');
  if (existsSync(file)) return file;
  const got = `${JSON.stringify(folder)}, which ${existsSync(resolveAppFolder(folder)) ? 'has none' : 'does not exist'}`;
  const example = givenBy.startsWith('--') ? `${givenBy} ${EXAMPLE}` : `${givenBy}=${EXAMPLE}`;
  throw new SettingsError([describeProblem(givenBy, EXPECTED, got, `for example ${example}`)]);
}
