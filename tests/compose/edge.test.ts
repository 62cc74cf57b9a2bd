import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { countVisits, expectSoundLedger } from '../../testkit/docker/ledger.ts';
import { createStack, type Stack } from '../../testkit/docker/stack.ts';
import { startTraffic } from '../../testkit/docker/traffic.ts';
import { createCookieJar } from '../../testkit/http/cookie-jar.ts';
import { createHttpClient } from '../../testkit/http/http-client.ts';
import { createVisitor } from '../../testkit/http/visitor.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';

let stack: Stack;
let edgeUrl: string;

beforeAll(async () => {
  const port = await freePortRange(1);
  edgeUrl = `http://127.0.0.1:${port}`;
  stack = await createStack({ EDGE_PORT: `127.0.0.1:${port}`, ORIGIN_REPLICAS: '2' });
  await stack.compose('up', '--detach', '--wait', '--build');
});

afterAll(async () => {
  await stack.remove();
});

/** Visits with these cookies, or none, on a new connection. */
async function get(url: string, cookies = createCookieJar()) {
  const client = createHttpClient(url, cookies);
  const { status, headers } = await client.send();
  client.close();
  return { status, server: headers['x-served-by'], affinity: headers['x-affinity'], sid: cookies.get('srv_id') };
}

async function containerIds(...filters: string[]): Promise<string[]> {
  const labels = [`com.docker.compose.project=${stack.name}`, ...filters];
  const { stdout } = await stack.run(
    'docker',
    'ps',
    '-aq',
    ...labels.flatMap((label) => ['--filter', `label=${label}`]),
  );
  return stdout.split('\n').filter(Boolean).sort();
}

test('up with the profile starts the edge while no request fails and no client moves', async () => {
  const services = ['db', 'origin', 'nginx'].map((service) => `com.docker.compose.service=${service}`);
  const before = await Promise.all(services.map((service) => containerIds(service)));
  const traffic = await startTraffic(stack.url, 4);
  const { failed, moved } = await traffic.during(() =>
    stack.compose('--profile', 'edge', 'up', '--detach', '--wait', '--build'),
  );
  await traffic.stop();
  expect([failed, moved]).toEqual([[], []]);
  expect(await Promise.all(services.map((service) => containerIds(service)))).toEqual(before);
  expect((await get(edgeUrl)).status).toBe(200);
});

test("both fronts accept each other's cookies, for the same replica", async () => {
  for (const [from, to] of [
    [stack.url, edgeUrl],
    [edgeUrl, stack.url],
  ] as const) {
    for (let i = 0; i < 2; i++) {
      const cookies = createCookieJar();
      const { server, sid } = await get(from, cookies);
      expect(await get(to, cookies)).toEqual({ status: 200, server, affinity: 'hit', sid });
    }
  }
});

test('the edge follows the number of replicas', async () => {
  expect((await stack.run('./scale.sh', '3')).code).toBe(0);
  const addresses = (await stack.replicas()).map(({ address }) => address).sort();
  const seen = new Set<unknown>();
  await vi.waitFor(
    async () => {
      seen.add((await get(edgeUrl)).server);
      expect([...seen].sort()).toEqual(addresses);
    },
    { timeout: 30_000, interval: 50 },
  );
});

test('A11: with all replicas stopped the edge serves visits itself, and counts them with the others', async () => {
  const before = await countVisits(stack);
  await stack.compose('stop', 'origin');
  const visitor = createVisitor(edgeUrl);
  const answers = [await visitor.visit(), await visitor.visit()];
  visitor.close();
  expect(answers.map(({ status, server, headers }) => [status, server, headers['x-affinity']])).toEqual([
    [200, 'edge', 'takeover'],
    [200, 'edge', 'takeover'],
  ]);
  expect(answers.map(({ visit }) => visit)).toEqual([before + 1, before + 2]);
  expect((await get(stack.url)).status).toBe(502);
  await expectSoundLedger(stack);
});

test("down with --profile '*' leaves no container and no network of a profile", async () => {
  await stack.compose('--profile', '*', 'down', '--timeout', '5');
  expect(await containerIds()).toEqual([]);
  const network = ['network', 'ls', '-q', '--filter', `label=com.docker.compose.project=${stack.name}`];
  expect((await stack.run('docker', ...network)).stdout).toBe('');
});
