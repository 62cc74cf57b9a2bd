import { describeProblem, SettingsError } from '../lib/settings.ts';
import type { Route } from './route.ts';

/**
 * Returns the routes that the module of an app's `routes.ts` exports.
 *
 * @param givenBy the setting or flag that named the app's folder, for messages
 * @throws {SettingsError} when it exports no list of routes, or two routes have the same path
 */
export function checkRoutes(module: object, givenBy = 'APP_FOLDER'): readonly Route[] {
  const { routes } = module as { routes?: unknown };
  const problem = Array.isArray(routes) ? findProblem(routes) : noList(module);
  if (problem) throw new SettingsError([describeProblem(givenBy, ...problem)]);
  return routes as Route[];
}

type Problem = [expected: string, got: string, fix: string];

function noList(module: object): Problem {
  const got = Object.keys(module).join(', ') || 'nothing';
  return ['a routes.ts that exports the array `routes`', `one that exports ${got}`, 'app/routes.ts is an example'];
}

function findProblem(routes: unknown[]): Problem | undefined {
  const strange = routes.findIndex((route) => !isRoute(route));
  if (strange >= 0) {
    const expected = 'routes with a `path` that begins with "/" and a function `create`';
    return [expected, `something else at routes[${strange}]`, 'app/routes/release.ts is an example'];
  }
  const paths = (routes as Route[]).map(({ path }) => path.replace(/(?<=.)\/+$/, ''));
  const repeated = paths.find((path, index) => paths.indexOf(path) < index);
  if (repeated === undefined) return undefined;
  return [
    'a path of its own for each route',
    `two routes with the path ${repeated}`,
    'change or remove one in routes.ts',
  ];
}

function isRoute(value: unknown): value is Route {
  const { path, create } = (value ?? {}) as Partial<Record<keyof Route, unknown>>;
  return typeof path === 'string' && path.startsWith('/') && typeof create === 'function';
}
