import { Hono } from 'hono';
import { expect, test, vi } from 'vitest';
import { calledBy } from '../../testkit/http/client-info.ts';
import { createDashboardFeed } from '../dashboard/feed.ts';
import type { AppEnv } from '../env.ts';
import { takeSnapshot } from '../replicas/snapshot.ts';
import { createDashboard } from './dashboard.ts';

function setUp(isDraining: () => boolean) {
  let timeMs = 0;
  const feed = createDashboardFeed({ readSnapshot: async () => takeSnapshot(timeMs, [], timeMs), intervalMs: 1 });
  const event = vi.spyOn(feed, 'event').mockImplementation(async () => {
    timeMs += 1000;
    return `event: snapshot\ndata: {"atMs":${timeMs}}\n\n`;
  });
  const access = { kind: 'token', token: 'a-token-for-this-test' } as const;
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const dashboard = createDashboard({ access, feed, isDraining, log, monotonicMs: () => timeMs });
  const app = new Hono<AppEnv>().use(calledBy()).route('/', dashboard);
  const headers = { Authorization: `Bearer ${access.token}` };
  return { event, open: () => app.request('/events', { headers }) };
}

test('a stream sends its retry time and ends after five seconds', async () => {
  const { open } = setUp(() => false);
  const body = await (await open()).text();
  expect(body).toMatch(/^retry: 500\n\n/);
  expect(body.match(/"atMs":\d+/g)).toEqual(['1000', '2000', '3000', '4000', '5000'].map((ms) => `"atMs":${ms}`));
});

test('a stream ends when its replica drains', async () => {
  let asked = 0;
  const { open, event } = setUp(() => ++asked > 2);
  await (await open()).text();
  expect(event).toHaveBeenCalledTimes(2);
});

test('unchanged data is not sent again', async () => {
  const { open, event } = setUp(() => event.mock.calls.length === 3);
  event.mockResolvedValue('event: snapshot\ndata: {}\n\n');
  expect((await (await open()).text()).match(/event: snapshot/g)).toHaveLength(1);
});
