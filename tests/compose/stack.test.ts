import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countVisits, expectSoundLedger } from '../../testkit/docker/ledger.ts';
import { createStack, type Stack } from '../../testkit/docker/stack.ts';
import { openEvents } from '../../testkit/http/event-stream.ts';
import { FRESH_REQUEST_ID } from '../../testkit/http/request-id.ts';
import { createVisitor } from '../../testkit/http/visitor.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await createStack();
  await stack.compose('up', '--detach', '--wait', '--build', '--quiet-pull');
});

afterAll(async () => {
  await stack.remove();
});

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(stack.url + path, { headers });
}

test('docker compose up --wait ends with everything healthy', async () => {
  const lines = (await stack.compose('ps', '--format', '{{.Service}} {{.Health}}')).trim().split('\n');
  expect(lines.sort()).toEqual(['db healthy', 'nginx healthy', 'origin healthy', 'origin healthy', 'origin healthy']);
});

describe('a client', () => {
  test('is moored to the replica whose server id is the MD5 of the address Nginx dials', async () => {
    const visitor = createVisitor(stack.url);
    const first = await visitor.visit();
    const sid = createHash('md5').update(`${first.server}`).digest('hex');
    expect(first.headers['set-cookie']?.[0]).toMatch(new RegExp(`^srv_id=${sid}; `));

    const again = await visitor.visit();
    expect(again).toMatchObject({ server: first.server, headers: { 'x-affinity': 'hit' } });
    visitor.close();
    expect((await stack.replicas()).map(({ address }) => address)).toContain(first.server);
  });

  test('without a cookie reaches every replica in turn', async () => {
    const servers = new Set<string | null>();
    for (let i = 0; i < 9; i++) servers.add((await get('/')).headers.get('X-Served-By'));
    expect(servers.size).toBe(3);
  });

  test.each([
    ['an address', '169.254.169.254:80'],
    ['50 kB of garbage', 'z'.repeat(50_000)],
  ])('with %s as cookie is answered by a replica nevertheless', async (_what, value) => {
    const response = await get('/', { Cookie: `srv_id=${value}` });
    expect([response.status, response.headers.get('X-Affinity')]).toEqual([200, 'invalid']);
  });

  test('cannot forge its address or its request id', async () => {
    const forged = { 'X-Real-IP': '6.6.6.6', 'X-Forwarded-For': '6.6.6.6', 'X-Request-ID': 'forged' };
    const answer = (await (await get('/', { Accept: 'application/json', ...forged })).json()) as {
      client: { ip: string };
      requestId: string;
    };
    expect(answer.client.ip).not.toBe('6.6.6.6');
    expect(answer.requestId).toMatch(FRESH_REQUEST_ID);
  });
});

test('down and up again keep counter and log', async () => {
  const count = await countVisits(stack);
  expect(count).toBeGreaterThan(0);
  await stack.compose('down', '--timeout', '20');
  await stack.compose('up', '--detach', '--wait');
  expect(await (await get('/showcount')).text()).toBe(`${count}\n`);
  await expectSoundLedger(stack);
});

test('down with -v leaves no container, network or volume', async () => {
  const other = await createStack({ ORIGIN_REPLICAS: '1' });
  await other.compose('up', '--detach', '--wait');
  const label = `label=com.docker.compose.project=${other.name}`;
  const things = ['container', 'network', 'volume'];
  const list = async () => {
    const listed = await Promise.all(
      things.map((thing) =>
        other.run('docker', thing, 'ls', ...(thing === 'container' ? ['--all'] : []), '--quiet', '--filter', label),
      ),
    );
    return listed.map(({ stdout }) => stdout.split('\n').filter(Boolean).length > 0);
  };
  expect(await list()).toEqual([true, true, true]);
  await other.compose('down', '--volumes', '--timeout', '5');
  expect(await list()).toEqual([false, false, false]);
  await other.remove();
});

test('a dashboard that is open does not keep Nginx from stopping, and comes back with it', async () => {
  const events = await openEvents(stack.url, '/dashboard/events');
  expect(await events.next()).toMatchObject({ name: 'snapshot' });
  await stack.compose('stop', 'nginx');
  const container = (await stack.compose('ps', '--all', '--quiet', 'nginx')).trim();
  const { stdout } = await stack.run('docker', 'inspect', '--format', '{{.State.ExitCode}}', container);
  // Docker reports 137 for a container that did not stop in time.
  expect(stdout.trim()).toBe('0');
  events.close();

  await stack.compose('up', '--detach', '--wait', '--no-recreate', 'nginx');
  const again = await openEvents(stack.url, '/dashboard/events');
  expect(await again.next()).toMatchObject({ name: 'snapshot' });
  again.close();
});
