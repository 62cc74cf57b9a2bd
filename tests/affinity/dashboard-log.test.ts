import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoggedFront } from '../../testkit/fronts/front.ts';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { startNginxFront } from '../../testkit/fronts/nginx.ts';
import { send } from '../../testkit/http/send.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { type DashboardProcess, startDashboardProcess } from '../../testkit/processes/dashboard.ts';
import { answers, drops } from '../../testkit/replicas/behaviours.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';

/** Nginx looks for the service every two seconds, and is busy with other tests. */
const SOON = { timeout: 20_000, interval: 100 };

describe.runIf(fronts.includes('nginx'))("nginx and the dashboard's own service", () => {
  let port: number;
  let a: StubReplica;
  let b: StubReplica;
  let front: LoggedFront;
  let service: DashboardProcess;

  beforeAll(async () => {
    port = await freePortRange(1);
    [a, b] = await Promise.all([createStubReplica('A'), createStubReplica('B')]);
    front = await startNginxFront(
      {
        peers: [a, b].map(({ url }) => `${url} max_fails=0`),
        connectTimeoutMs: 1000,
        readTimeoutMs: 10_000,
        cookieSecure: false,
      },
      { settings: { NGINX_DASHBOARD_SERVICE: `127.0.0.1:${port}` } },
    );
    service = await startDashboardProcess({ PORT: `${port}` });
  });

  afterAll(async () => {
    await front.close();
    await service.end('SIGKILL');
    await Promise.all([a.stop(), b.stop()]);
  });

  const counted = async (route: string) =>
    (await service.snapshot()).traffic.find((traffic) => traffic.route === route)?.statuses;

  test('Nginx starts without the service, and finds it when it runs', async () => {
    await expect
      .poll(async () => {
        await send(front.url, { path: '/first' });
        return counted('/first');
      }, SOON)
      .toMatchObject({ '2xx': expect.any(Number) });
  });

  test('each request counts once, at the replica that answered', async () => {
    b.behave(drops());
    const headers = { Cookie: `srv_id=${b.sid}` };
    expect((await send(front.url, { path: '/moved/?secret="x', headers })).headers['x-affinity']).toBe('moved');
    await expect.poll(() => counted('/moved')).toMatchObject({ '2xx': 1, '5xx': 0 });
    const { replicas, history } = await service.snapshot();
    const errors = Object.fromEntries(replicas.map(({ address, figures }) => [address, figures.errors]));
    expect(errors).toMatchObject({ [a.address]: 0, [b.address]: 1 });
    expect(history.verdicts.moved.reduce((sum, count) => sum + count)).toBe(1);
  });

  test('a request that no replica answers is an error, whatever its path', async () => {
    a.behave(drops());
    expect((await send(front.url, { path: '/none/"\\' })).status).toBe(502);
    await expect.poll(() => counted('/none')).toMatchObject({ '5xx': 1 });
    for (const replica of [a, b]) replica.behave(answers(200));
  });

  const SLOW = { timeout: 60_000 };
  test('Nginx notices the stop before lines are refused, and finds the service when it is back', SLOW, async () => {
    const errors = () => front.logs.filter((line) => line.includes('syslog'));
    let isDone = false;
    const load = (async () => {
      const statuses: number[] = [];
      while (!isDone) statuses.push((await send(front.url, { path: '/load' })).status);
      return statuses;
    })();
    expect(await service.end('SIGTERM')).toBe(0);
    service = await startDashboardProcess({ PORT: `${port}` });
    await expect.poll(() => counted('/load'), SOON).toMatchObject({ '2xx': expect.any(Number) });
    isDone = true;
    expect(new Set(await load)).toEqual(new Set([200]));
    expect(errors()).toEqual([]);
  });
});
