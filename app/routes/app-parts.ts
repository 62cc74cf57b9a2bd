import { getTableName } from 'drizzle-orm';
import { UserError } from '../lib/user-error.ts';
import type { AppTable } from '../tables/define-table.ts';
import type { Route, RouteSettings } from './route.ts';

/** Two parts of an app, or the app and Mooring, use one name for two things. */
export class NameTakenError extends UserError {
  override name = 'NameTakenError';
}

/**
 * Returns the tables of all routes.
 *
 * @throws {NameTakenError} when two tables have the same name
 */
export function tablesOf(routes: readonly Route[]): AppTable[] {
  const byName = new Map<string, AppTable>();
  for (const { path, tables = [] } of routes) {
    for (const table of tables)
      addOnce(byName, getTableName(table), table, `the table ${getTableName(table)} of the route ${path}`);
  }
  return [...byName.values()];
}

/**
 * Returns the settings of all routes.
 *
 * @param taken the names of Mooring's own settings
 * @throws {NameTakenError} when a name is taken
 */
export function settingsOf(routes: readonly Route[], taken: readonly string[]): RouteSettings {
  const byName = new Map<string, RouteSettings[string]>();
  for (const { path, settings = {} } of routes) {
    for (const [name, setting] of Object.entries(settings)) {
      const what = `the setting ${name} of the route ${path}`;
      if (taken.includes(name)) throw new NameTakenError(`${what} is a setting of Mooring: rename it`);
      addOnce(byName, name, setting, what);
    }
  }
  return Object.fromEntries(byName);
}

/** Routes may share a thing, but two things must not share a name. */
function addOnce<T>(byName: Map<string, T>, name: string, value: T, what: string): void {
  const known = byName.get(name);
  if (known !== undefined && known !== value)
    throw new NameTakenError(`${what} has the name of another one: rename it`);
  byName.set(name, value);
}
