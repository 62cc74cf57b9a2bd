import { join } from 'node:path';
import { checkRoutes } from '../app/routes/check-routes.ts';
import type { Route, RouteSettings } from '../app/routes/route.ts';
import { resolveAppFolder, routesFileIn } from '../cli/app-folder.ts';
import { importRoutes } from '../cli/import-routes.ts';
import type { AppSchema } from './database/database.ts';
import { withFastDrizzleResolution } from './database/within-drizzle.ts';
import { allOriginSettings } from './settings.ts';

/** An app: what its folder has. */
export interface LoadedApp {
  routes: readonly Route[];
  /** The settings that the routes declare. */
  settings: RouteSettings;
  schema: AppSchema & { migrations: string };
}

/**
 * Loads the app of a folder.
 *
 * @param givenBy the setting or flag that named the folder, for messages
 * @throws {SettingsError} when the folder has no list of routes
 * @throws {NameTakenError} when two tables or settings have one name
 */
export async function loadApp(folder: string, givenBy?: string): Promise<LoadedApp> {
  const file = routesFileIn(folder, givenBy);
  const [{ settingsOf, tablesOf }, module] = await withFastDrizzleResolution(() =>
    Promise.all([import('../app/routes/app-parts.ts'), importRoutes(file)]),
  );
  const routes = checkRoutes(module, givenBy);
  return {
    routes,
    settings: settingsOf(routes, Object.keys(allOriginSettings)),
    schema: { tables: tablesOf(routes), migrations: join(resolveAppFolder(folder), 'migrations') },
  };
}
