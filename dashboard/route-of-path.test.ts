import { expect, test } from 'vitest';
import { routeOfPath } from './route-of-path.ts';

test.each([
  ['/', 200, '/'],
  ['/cart', 200, '/cart'],
  ['/cart/', 200, '/cart'],
  ['/cart/1/items', 500, '/cart'],
  ['/wp-login.php', 404, '*'],
  ['', 400, '*'],
  ['*', 200, '*'],
  ['//x', 200, '/'],
  ['/a b', 200, '/a'],
  ['/caf\u00e9\u001b[31m', 200, '/caf'],
  [`/${'x'.repeat(100)}`, 200, `/${'x'.repeat(39)}…`],
])('%j answered %i is counted as %s', (path, status, route) => {
  expect(routeOfPath(path, status)).toBe(route);
});
