import { expect, test } from 'vitest';
import { routes as testRoutes } from '../testkit/app/routes.ts';
import { banner } from './banner.ts';

const CLUSTER = {
  edge: { url: 'http://e', pid: () => 1 },
  replicas: [],
  start: async () => {},
  stop: async () => {},
  kill() {},
};

function tried(paths: string[]): string[] {
  const routes = testRoutes.filter(({ path }) => paths.includes(path));
  const text = banner(CLUSTER, { kind: 'sqlite', path: 'a.sqlite', isDefault: false }, routes);
  return [...text.matchAll(/http:\/\/e\/\S*/g)].map(([address]) => address.slice('http://e'.length));
}

test.each([
  [
    ['/', '/dashboard'],
    ['/', '/', '/showcount', '/', '/dashboard'],
  ],
  [['/'], ['/', '/', '/showcount', '/']],
  [
    ['/live', '/dashboard'],
    ['/healthz', '/live', '/dashboard'],
  ],
  [[], ['/healthz']],
])('with routes at %j it suggests to try %j', (paths, addresses) => {
  expect(tried(paths)).toEqual(addresses);
});
