import { expect, test } from 'vitest';
import { createTrafficRecorder, noRequests, sumTraffic } from './traffic.ts';

const NOW_MS = 1_000_000_000;

function counted(...requests: [route: string, status: number][]) {
  const traffic = createTrafficRecorder(() => NOW_MS);
  for (const [route, status] of requests) traffic.add(route, status);
  return traffic.report();
}

test('requests of all replicas are added up by route and status class, the busiest route first', () => {
  const a = counted(['/', 200], ['/cart/:item', 204], ['/cart/:item', 500], ['*', 404]);
  const b = counted(['/cart/:item', 303], ['/', 200], ['/cart/:item', 599], ['/ws', 101]);
  expect(sumTraffic([a, b], NOW_MS)).toEqual([
    { route: '/cart/:item', total: 4, statuses: { ...noRequests(), '2xx': 1, '3xx': 1, '5xx': 2 } },
    { route: '/', total: 2, statuses: { ...noRequests(), '2xx': 2 } },
    { route: '*', total: 1, statuses: { ...noRequests(), '4xx': 1 } },
    { route: '/ws', total: 1, statuses: { ...noRequests(), '1xx': 1 } },
  ]);
});

test('a replica names thirty routes, and counts the rest together', () => {
  const requests = Array.from({ length: 50 }, (_, index): [string, number] => [`/route-${index}`, 200]);
  const routes = sumTraffic([counted(...requests, ...requests)], NOW_MS);
  expect(routes).toHaveLength(31);
  expect(routes[0]).toMatchObject({ route: 'other', total: 40 });
  expect(routes[1]).toMatchObject({ route: '/route-0', total: 2 });
});

test('a route leaves its place to another one when it is no longer shown', () => {
  let timeMs = NOW_MS;
  const traffic = createTrafficRecorder(() => timeMs);
  for (let index = 0; index < 30; index++) traffic.add(`/old-${index}`, 200);
  traffic.add('/new', 200);
  timeMs += 60_000;
  traffic.add('/old-0', 200);
  timeMs += 270_000;
  traffic.add('/new', 200);
  const names = sumTraffic([traffic.report()], timeMs).map(({ route }) => route);
  expect(names).toEqual(['/new', '/old-0']);
});

test('a name that a later version counts in is left out', () => {
  const report = { ...counted(['/', 200]), counts: { 'bytes /': [5], '2xx /': [1] } };
  expect(sumTraffic([report], NOW_MS)).toEqual([{ route: '/', total: 1, statuses: { ...noRequests(), '2xx': 1 } }]);
});
