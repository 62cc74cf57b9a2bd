import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serverId } from '../../app/affinity/server-id.ts';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { startNginxFront } from '../../testkit/fronts/nginx.ts';
import { send } from '../../testkit/http/send.ts';
import { createNameServer } from '../../testkit/network/dns-server.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { createDeafReplica } from '../../testkit/replicas/blackhole.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';
import { frontBefore } from './fixture.ts';

async function startReplicas(names: string): Promise<StubReplica[]> {
  const replicas = await Promise.all([...names].map(createStubReplica));
  onTestFinished(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
  });
  return replicas;
}

describe.each(fronts)('a changed set of peers at %s', (kind) => {
  test.each([
    { change: 'one comes', before: ['A', 'B', 'C'], after: ['A', 'B', 'C', 'D'] },
    { change: 'one comes first', before: ['A', 'B', 'C'], after: ['D', 'A', 'B', 'C'] },
    { change: 'the order changes', before: ['A', 'B', 'C'], after: ['C', 'A', 'B'] },
    { change: 'one goes', before: ['A', 'B', 'C'], after: ['A', 'C'] },
    { change: 'one is replaced', before: ['A', 'B', 'C'], after: ['A', 'C', 'D'] },
    { change: 'weights change', before: ['A', 'B', 'C'], after: ['A weight=9', 'B', 'C weight=4'] },
  ])('A9: $change, and the clients of the peers that stay do not move', async ({ before, after }) => {
    const replicas = await startReplicas('ABCD');
    const stays = ({ name }: StubReplica) =>
      [before, after].every((lines) => lines.some((line) => line.startsWith(name)));
    const staying = replicas.filter(stays);

    for (const lines of [before, after]) {
      const front = await frontBefore(replicas, kind, lines);
      for (const replica of staying) {
        const { name } = replica;
        expect(await front.ask({ as: replica })).toBe(`200 from ${name}, cookie of ${name}`);
      }
      await front.close();
    }
  });

  test('A9: the clients of a removed peer are balanced as new', async () => {
    const replicas = await startReplicas('ABC');
    const [a, b] = replicas as [StubReplica, StubReplica];
    const front = await frontBefore(replicas, kind, ['B', 'C']);
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    expect(await front.ask({ as: b })).toBe('200 from B, cookie of B');
    expect(a.connectionCount()).toBe(0);
  });
});

/** Starts Nginx before replicas that it discovers by their name. */
async function startNamed(port: number, addresses: string[]) {
  const names = await createNameServer(addresses);
  const front = await startNginxFront(
    {
      peers: [`http://replica.test:${port} resolve`],
      // Both are longer than it takes to resolve a name twice.
      connectTimeoutMs: 4000,
      readTimeoutMs: 10_000,
      cookieSecure: false,
    },
    { resolver: names.address },
  );
  onTestFinished(async () => {
    await front.close();
    names.close();
  });
  return { front, names };
}

describe.each(fronts.filter((kind) => kind === 'nginx'))('peers that are found by name at %s', () => {
  test('A9 A15: a request whose peer accepts no connection and is removed goes on to the others, however often', async () => {
    const port = await freePortRange(1);
    const going = ['127.0.0.2', '127.0.0.4', '127.0.0.5'];
    const deaf = await Promise.all(going.map((host) => createDeafReplica(host, { host, port })));
    const other = createServer((_request, response) => {
      response.setHeader('Set-Cookie', `srv_id=${deaf[0]?.sid}; Path=/own`).end('B');
    }).listen(port, '127.0.0.3');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { front, names } = await startNamed(port, ['127.0.0.2', '127.0.0.3']);
    const headers = { Cookie: `srv_id=${serverId(`127.0.0.3:${port}`)}` };
    await expect.poll(async () => (await send(front.url, { headers })).status).toBe(200);

    const asked = send(front.url, { headers: { Cookie: `srv_id=${deaf[0]?.sid}` } });
    for (const [index, { untilDialled }] of deaf.entries()) {
      await untilDialled();
      names.tell([going[index + 1] ?? '127.0.0.3']);
      await names.untilAsked();
    }
    const { status, body, headers: answered } = await asked;
    expect([status, body.toString()]).toEqual([200, 'B']);
    // Nginx adds a cookie for each replica that a pass started with; the last one counts. The replica's own follows.
    expect(answered['set-cookie']?.at(-2)).toContain(headers.Cookie);
    expect(answered).toMatchObject({ 'x-affinity': 'moved', 'x-served-by': `127.0.0.3:${port}` });
  });

  test('B14: a request goes on from a peer that was tried before and cannot be reached, when that one is removed, too', async () => {
    const port = await freePortRange(1);
    const [a, b] = await Promise.all([
      createDeafReplica('A', { host: '127.0.0.2', port }),
      createDeafReplica('B', { host: '127.0.0.4', port }),
    ]);
    const other = createServer((_request, response) => response.end('C')).listen(port, '127.0.0.3');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { front, names } = await startNamed(port, ['127.0.0.2', '127.0.0.3']);
    await names.untilAsked();
    await names.untilAsked();

    const asked = send(front.url, { headers: { Cookie: `srv_id=${a.sid}` } });
    for (const [peer, next] of [
      [a, ['127.0.0.4']],
      [b, ['127.0.0.2', '127.0.0.4']],
      // Nobody listens on the last one. With a single address Nginx would try no other.
      [a, ['127.0.0.3', '127.0.0.6']],
    ] as const) {
      await peer.untilDialled();
      names.tell(next);
      await names.untilAsked();
    }
    const { status, body } = await asked;
    expect([status, body.toString()]).toEqual([200, 'C']);
  });

  test('A7: a 503 at the end of a restarted request has Retry-After', async () => {
    const deaf = await createDeafReplica('A', { host: '127.0.0.2' });
    const port = Number(new URL(deaf.url).port);
    const { promise: reached, resolve: reach } = Promise.withResolvers<ServerResponse>();
    const others = ['127.0.0.3', '127.0.0.4'].map((host) =>
      createServer((_request, response) => reach(response)).listen(port, host),
    );
    await Promise.all(others.map((other) => once(other, 'listening')));
    onTestFinished(() => {
      for (const other of others) other.close();
    });
    const { front, names } = await startNamed(port, ['127.0.0.2', '127.0.0.3']);
    await names.untilAsked();
    await names.untilAsked();

    const asked = send(front.url, { headers: { Cookie: `srv_id=${deaf.sid}` } });
    await deaf.untilDialled();
    names.tell(['127.0.0.3', '127.0.0.4']);
    const response = await reached;
    // After the only peer Nginx tries no other, and the response that it discarded is lost.
    names.tell(['127.0.0.3']);
    await names.untilAsked();
    await names.untilAsked();
    response.writeHead(503).end();
    expect(await asked).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });

  test('A9: a new replica is found soon after a failure of the name server', async () => {
    const port = await freePortRange(1);
    const [first, second] = ['127.0.0.2', '127.0.0.3'].map((host) =>
      createServer((_request, response) => response.end(host)).listen(port, host),
    ) as [Server, Server];
    await Promise.all([first, second].map((server) => once(server, 'listening')));
    onTestFinished(() => {
      first.close();
      second.close();
    });
    const { front, names } = await startNamed(port, ['127.0.0.2']);
    await expect.poll(async () => (await send(front.url)).body.toString()).toBe('127.0.0.2');
    names.tell(['127.0.0.3']);
    names.failOnce();
    // By default Nginx would resolve the name again only after 30 s.
    await expect.poll(async () => (await send(front.url)).body.toString(), { timeout: 15_000 }).toBe('127.0.0.3');
  });
});
