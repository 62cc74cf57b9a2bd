import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { serverId } from '../../app/affinity/server-id.ts';
import type { Snapshot } from '../../app/replicas/snapshot.ts';
import { buildExampleImage } from '../../testkit/docker/example-image.ts';
import { createStack, type Stack } from '../../testkit/docker/stack.ts';
import { type StepReport, startTraffic } from '../../testkit/docker/traffic.ts';
import { createHttpClient } from '../../testkit/http/http-client.ts';
import { send } from '../../testkit/http/send.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';

const PORT = '8080';
const SOON = { timeout: 60_000, interval: 200 };
const project = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let stack: Stack;
let edgeUrl: string;
let dashboardUrl: string;
const urls = { nginx: () => stack.url, edge: () => edgeUrl };

beforeAll(async () => {
  const edgePort = await freePortRange(2);
  edgeUrl = `http://127.0.0.1:${edgePort}`;
  dashboardUrl = `http://127.0.0.1:${edgePort + 1}/dashboard`;
  stack = await createStack({
    EDGE_PORT: `127.0.0.1:${edgePort}`,
    DASHBOARD_PORT: `127.0.0.1:${edgePort + 1}`,
    ORIGIN_REPLICAS: '2',
    APP_PORT: PORT,
    APP_HEALTH_PATH: '/healthz',
  });
  for (const version of [1, 2]) await buildExampleImage(image(version), version);
  await stack.set({ APP_IMAGE: image(1) });
  await stack.compose('--profile', 'edge', 'up', '--detach', '--wait', '--build');
});

afterAll(async () => {
  await stack.remove();
});

/** Removed with the stack, because its name begins with the project's. */
const image = (version: number) => `${stack.name}-app:${version}`;

async function addresses(): Promise<string[]> {
  return (await stack.replicas()).map(({ address }) => address.replace(/\d+$/, PORT)).sort();
}

/** Starts a client that puts things into its cart. */
function startShopping(url: string) {
  const client = createHttpClient(url);
  onTestFinished(client.close);
  return {
    sid: () => client.cookies.get('srv_id'),
    async put(item: string) {
      const { status, headers, body } = await client.send({ method: 'POST', body: item });
      const [, cart, version] = body.toString().match(/^(.*) \(version (\d)/) ?? [];
      return { status, cart, version, affinity: headers['x-affinity'], server: headers['x-served-by'] as string };
    },
  };
}

/** Runs a step while clients send GET and POST to both fronts. */
async function underTraffic(step: () => Promise<unknown>): Promise<StepReport['failed']> {
  const traffics = await Promise.all([stack.url, edgeUrl].map((url) => startTraffic(url, 2, { GET: 200, POST: 200 })));
  const [nginx, edge] = traffics as [(typeof traffics)[0], (typeof traffics)[0]];
  let atEdge: StepReport | undefined;
  const atNginx = await nginx.during(async () => {
    atEdge = await edge.during(step);
  });
  await Promise.all(traffics.map(({ stop }) => stop()));
  return [...atNginx.failed, ...(atEdge as StepReport).failed];
}

describe.each(['nginx', 'edge'] as const)('an image that knows nothing of Mooring, behind %s', (front) => {
  test('keeps each client on the replica that has its cart', async () => {
    const { put, sid } = startShopping(urls[front]());
    const { server, ...first } = await put('anchor');
    expect(first).toEqual({ status: 200, cart: 'anchor', version: '1', affinity: 'new' });
    expect(await addresses()).toContain(server);
    expect(sid()).toBe(serverId(server));
    expect(await put('rope')).toEqual({ ...first, cart: 'anchor, rope', affinity: 'hit', server });
  });

  test('moves a client whose replica is killed', async () => {
    const { put, sid } = startShopping(urls[front]());
    const { server } = await put('anchor');
    const home = (await stack.replicas()).find(({ address }) => address.replace(/\d+$/, PORT) === server);
    await stack.run('docker', 'kill', home?.id as string);
    const moved = await put('rope');
    expect(moved).toMatchObject({ status: 200, cart: 'rope', affinity: 'moved' });
    expect(moved.server).not.toBe(server);
    expect(sid()).toBe(serverId(moved.server));
    await stack.run('docker', 'start', home?.id as string);
    const health = ['inspect', '--format', '{{.State.Health.Status}}', home?.id as string];
    await expect.poll(async () => (await stack.run('docker', ...health)).stdout, SOON).toBe('healthy\n');
  });
});

describe("the dashboard's own service", () => {
  const nginxLog = async () => (await stack.run('docker', 'compose', 'logs', '--no-color', 'nginx')).stdout;
  const snapshot = async () => {
    const response = await fetch(dashboardUrl, { headers: { Accept: 'application/json' } });
    return (await response.json()) as Snapshot;
  };
  /** Returns how many requests to this path, which no replica has, are counted. */
  const countOf = async () => (await snapshot()).traffic.find(({ route }) => route === '*')?.total ?? 0;

  /** Waits until requests at this front are counted. */
  async function untilCounted(url: string): Promise<void> {
    const before = await countOf();
    await expect
      .poll(async () => {
        await send(url, { path: '/missing' });
        return countOf();
      }, SOON)
      .toBeGreaterThan(before);
  }

  test('shows the replicas from what both fronts log; no request fails when it starts and stops', async () => {
    const failed = await underTraffic(async () => {
      await stack.compose('--profile', 'dashboard', 'up', '--detach', '--wait', '--no-recreate', 'dashboard');
      await untilCounted(stack.url);
      await untilCounted(edgeUrl);
      const known = await addresses();
      await expect
        .poll(async () => {
          const { replicas } = await snapshot();
          return replicas.map(({ address, state, figures }) => [address, state, figures.requestsPerSecond > 0]);
        }, SOON)
        .toEqual(known.map((address) => [address, 'ready', true]));
      await stack.compose('--profile', 'dashboard', 'stop', 'dashboard');
      await expect.poll(nginxLog, SOON).toContain("the dashboard's service has gone");
    });
    expect(failed).toEqual([]);
    expect(await nginxLog()).not.toContain('to syslog');
  });
});

test('scale.sh adds a healthy replica, and no request fails', async () => {
  const failed = await underTraffic(async () => {
    const { code, stdout } = await stack.run('./scale.sh', '3');
    expect([code, stdout.match(/\(healthy\)/g)?.length]).toEqual([0, 3]);
  });
  expect(failed).toEqual([]);
  expect(await addresses()).toHaveLength(3);
});

test('update.sh starts another image, no request fails, and those in flight are finished', async () => {
  const before = await addresses();
  // With another folder, the image of the dashboard's own service is a new one, too.
  await stack.set({ APP_IMAGE: image(2), APP_FOLDER: 'app' });
  await stack.compose('--profile', 'dashboard', 'up', '--detach', '--wait', '--no-recreate', 'dashboard');
  const dashboardBefore = await stack.compose('ps', '--quiet', 'dashboard');
  let isUpdated = false;
  /** Sends slow requests to this replica, one after another, so that one is in flight when it drains. */
  async function keepBusy(address: string): Promise<number[]> {
    const statuses: number[] = [];
    const headers = { Cookie: `srv_id=${serverId(address)}` };
    while (!isUpdated) statuses.push((await send(stack.url, { path: '/slow', headers })).status);
    return statuses;
  }
  const slow = before.map(keepBusy);
  const failed = await underTraffic(async () => {
    const { code, stderr } = await stack.run('./update.sh');
    isUpdated = true;
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  });
  expect(failed).toEqual([]);
  expect((await Promise.all(slow)).flat().filter((status) => status !== 200)).toEqual([]);
  expect(await startShopping(stack.url).put('anchor')).toMatchObject({ version: '2' });
  expect((await addresses()).filter((address) => before.includes(address))).toEqual([]);
  expect(await stack.compose('ps', '--quiet', 'dashboard')).not.toBe(dashboardBefore);
});

test.each([
  ['a path that answers 404', { APP_HEALTH_PATH: '/missing' }, /not every new replica got healthy/],
  ['an image that there is none of', { APP_IMAGE: 'localhost:1/none' }, /APP_IMAGE: localhost:1\/none is not on this/],
  ['a wrong port', { APP_PORT: '0' }, /APP_PORT: expected a port from 1 to 65535, got "0"; for example APP_PORT=8000/],
  [
    'a path without a slash',
    { APP_HEALTH_PATH: 'x' },
    /APP_HEALTH_PATH: expected a path that .*, got "x"; for example/,
  ],
  ['a port without an image', { APP_IMAGE: '' }, /APP_PORT: expected nothing without APP_IMAGE, got "8080"/],
])('update.sh rejects %s, and the old replicas run on', async (_what, changed, message) => {
  const before = await addresses();
  await stack.set(changed);
  const { code, stderr } = await stack.run('./update.sh', '--timeout', '5');
  await stack.set({ APP_IMAGE: image(2), APP_PORT: PORT, APP_HEALTH_PATH: '/healthz' });
  expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  expect(await addresses()).toEqual(before);
  expect(await startShopping(edgeUrl).put('anchor')).toMatchObject({ status: 200, version: '2' });
});

test('with all replicas stopped the edge does not answer with the handlers of Mooring', async () => {
  await stack.compose('stop', 'origin');
  for (const url of [stack.url, edgeUrl]) expect((await send(url)).status).toBe(502);
});

test('app.env sets variables of the app, and need not exist', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-app-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of [
    'docker-compose.yml',
    'origin/compose.yml',
    'worker/compose.yml',
    'dashboard/compose.yml',
    'monitoring/compose.yml',
  ]) {
    await cp(project(name), join(folder, name));
  }
  const other = await createStack({ APP_IMAGE: 'any' }, folder);
  onTestFinished(() => rm(join(other.envFile, '..'), { recursive: true }));
  const environment = async () => {
    const { services } = JSON.parse(await other.compose('config', '--format', 'json')) as {
      services: Record<string, { environment: Record<string, string> }>;
    };
    return services.origin?.environment;
  };
  expect(await environment()).toEqual({
    PORT: '5000',
    DB_HOST: 'db',
    DB_NAME: 'mooring',
    DB_USER: 'mooring',
    DB_PASSWORD_FILE: '/run/secrets/db/password',
  });
  await writeFile(join(folder, 'app.env'), 'GREETING=hello\n');
  expect(await environment()).toMatchObject({ GREETING: 'hello', DB_HOST: 'db' });
});
