import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { AppEnv } from '../env.ts';
import { checkRoutes } from './check-routes.ts';

const at = (path: string) => ({ path, create: () => new Hono<AppEnv>() });

test.each([[[]], [[at('/')]], [[at('/'), at('/cart'), at('/cart/items')]]])('%j is a list of routes', (routes) => {
  expect(checkRoutes({ routes })).toBe(routes);
});

const NO_ROUTE = 'expected routes with a `path` that begins with "/" and a function `create`, got something else at';

test.each([
  [{}, 'expected a routes.ts that exports the array `routes`, got one that exports nothing; app/routes.ts is'],
  [
    { cart: at('/'), shop: 1 },
    'expected a routes.ts that exports the array `routes`, got one that exports cart, shop;',
  ],
  [{ routes: at('/') }, 'expected a routes.ts that exports the array `routes`, got one that exports routes;'],
  [{ routes: [at('/'), at('cart')] }, `${NO_ROUTE} routes[1]; app/routes/release.ts is an example`],
  [{ routes: [undefined] }, `${NO_ROUTE} routes[0];`],
  [{ routes: [{ path: '/' }] }, `${NO_ROUTE} routes[0];`],
  [{ routes: [at('/'), at('/')] }, 'expected a path of its own for each route, got two routes with the path /;'],
  [
    { routes: [at('/cart'), at('/'), at('/cart/')] },
    'expected a path of its own for each route, got two routes with the path /cart; change or remove one in routes.ts',
  ],
])('%j is rejected: %s', (module, problem) => {
  expect(() => checkRoutes(module)).toThrow(`1 setting is wrong:\n  APP_FOLDER: ${problem}`);
});
