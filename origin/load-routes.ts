import { pathToFileURL } from 'node:url';
import { checkRoutes } from '../app/routes/check-routes.ts';
import type { Route } from '../app/routes/route.ts';
import { routesFileIn } from '../cli/app-folder.ts';

/**
 * Loads the routes of an app's folder.
 *
 * @param givenBy the setting or flag that named the folder, for messages
 * @throws {SettingsError} when the folder has no list of routes
 */
export async function loadRoutes(folder: string, givenBy?: string): Promise<readonly Route[]> {
  const module = await import(pathToFileURL(routesFileIn(folder, givenBy)).href);
  return checkRoutes(module, givenBy);
}
