import { request as httpRequest } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { delay } from '../../app/lib/delay.ts';
import { TEST_APP_FOLDER } from '../../testkit/app/folder.ts';
import { openRaw, type RawConnection } from '../../testkit/http/raw.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { listeners } from '../../testkit/processes/listeners.ts';
import { residentBytes } from '../../testkit/processes/resident-memory.ts';
import { createStubReplica } from '../../testkit/replicas/stub.ts';
import { bundleEdge } from '../../worker/host/bundle.ts';
import { findWorkerd } from '../../worker/host/find-workerd.ts';
import { runEdge } from '../../worker/host/workerd.ts';

/** The edge's limit in `worker/compose.yml`. */
const CONTAINER_MEMORY_BYTES = 256 * 1024 * 1024;

const OTHER_CLIENT = '127.0.0.99';
const SILENT_UPLOAD = `PUT /upload HTTP/1.1\r\nHost: mooring.test\r\nContent-Length: 65536\r\n\r\n${'x'.repeat(65_535)}`;

/** Starts the edge as its container does. It identifies clients by the addresses of their connections. */
async function start(vars: Record<string, string> = {}) {
  const replica = await createStubReplica('A');
  onTestFinished(replica.stop);
  const port = await freePortRange(1);
  const edge = await runEdge({
    workerd: findWorkerd(),
    bundle: await bundleEdge(TEST_APP_FOLDER),
    port,
    vars: { ORIGINS: `${replica.url} max_fails=0`, ...vars },
  });
  onTestFinished(edge.close);

  /** Sends bytes as a client with this address, and leaves the connection open. */
  async function from(localAddress: string, bytes: string): Promise<RawConnection> {
    const connection = await openRaw(edge.url, { localAddress });
    connection.socket.write(bytes);
    return connection;
  }

  /** @returns the status that a client with this address gets, and its `Retry-After` */
  function ask(localAddress: string, { method = 'GET', body = '', headers = {} } = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { method, localAddress, agent: false, headers: { ...headers, 'Content-Length': body.length } };
      const sent = httpRequest(edge.url, options, (response) => {
        response.resume();
        const retryAfter = response.headers['retry-after'];
        resolve(`${response.statusCode}${retryAfter === undefined ? '' : `, again after ${retryAfter} s`}`);
      });
      sent.on('error', reject).end(body);
    });
  }

  return { replica, port, from, ask };
}

/** Returns the statuses of the connections that have an answer by now. */
function statusesOf(connections: RawConnection[]): string[] {
  return connections.flatMap(({ received }) => received().match(/^HTTP\/1\.1 (\d{3})/)?.[1] ?? []);
}

describe('slow uploads at the edge', () => {
  test('one client has no more than its limit, and other clients are served', async () => {
    const { from, ask } = await start({ CLIENT_UPLOAD_LIMIT: '3' });
    const slow = await Promise.all([1, 2, 3, 4, 5].map(() => from('127.0.0.2', SILENT_UPLOAD)));
    await expect.poll(() => statusesOf(slow)).toEqual(['429', '429']);
    expect(await ask('127.0.0.2', { method: 'POST', body: 'x' })).toBe('429, again after 1 s');
    expect(await ask('127.0.0.2')).toBe('200');
    expect(await ask(OTHER_CLIENT, { method: 'POST', body: 'x' })).toBe('200');
  });

  test('all clients together have no more than the limit, and requests without a body are served', async () => {
    const { from, ask } = await start({ CLIENT_UPLOAD_LIMIT: '3', UPLOAD_LIMIT: '8' });
    const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4'].flatMap((address) => [address, address, address]);
    const slow = await Promise.all(addresses.map((address) => from(address, SILENT_UPLOAD)));
    await expect.poll(() => statusesOf(slow)).toEqual(['503']);
    expect(await ask(OTHER_CLIENT, { method: 'POST', body: 'x' })).toBe('503, again after 1 s');
    expect(await ask(OTHER_CLIENT)).toBe('200');
  });

  test.each([
    ['small', SILENT_UPLOAD],
    ['chunked', 'POST / HTTP/1.1\r\nHost: mooring.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel'],
    ['large', 'POST / HTTP/1.1\r\nHost: mooring.test\r\nContent-Length: 1000000\r\n\r\nhello'],
    ['meaningless', 'GET / HTTP/1.1\r\nHost: mooring.test\r\nContent-Length: 100\r\n\r\nhello'],
  ])('a client that stops in the middle of a %s body is cut off with 408, and may come again', async (_size, bytes) => {
    const { from, ask, replica } = await start({ CLIENT_UPLOAD_LIMIT: '1', CLIENT_BODY_TIMEOUT_MS: '300' });
    const slow = await from('127.0.0.2', bytes);
    expect(await slow.closed).toMatch(/^HTTP\/1\.1 408 /);
    await expect.poll(() => ask('127.0.0.2', { method: 'POST', body: 'x' })).toBe('200');
    expect(replica.requests.filter(({ body, wasAborted }) => body.length > 1 && !wasAborted)).toEqual([]);
  });

  test('a client that sends piece by piece in time is served', async () => {
    const { from } = await start({ CLIENT_BODY_TIMEOUT_MS: '2000' });
    const slow = await from('127.0.0.2', 'POST / HTTP/1.1\r\nHost: mooring.test\r\nContent-Length: 30\r\n\r\n');
    for (let piece = 0; piece < 30; piece++) {
      await delay(100);
      slow.socket.write('x');
    }
    await expect.poll(slow.received).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('with 1,500 of them the edge stays within the memory of its container, and another client gets only 200', {
    timeout: 120_000,
  }, async () => {
    const { from, ask, port } = await start();
    const [workerd] = await listeners(port);
    const slow: RawConnection[] = [];
    const seen = new Set<string>();
    for (let index = 0; index < 1500; index++) {
      slow.push(await from(`127.0.1.${(index % 120) + 1}`, SILENT_UPLOAD));
      if (index % 100 === 0) seen.add(await ask(OTHER_CLIENT));
    }
    await expect.poll(() => statusesOf(slow).length, { timeout: 60_000 }).toBe(1500);
    seen.add(await ask(OTHER_CLIENT));
    for (const status of new Set(statusesOf(slow))) expect(['408', '429', '503']).toContain(status);
    expect(seen).toEqual(new Set(['200']));
    expect(await residentBytes(workerd as number)).toBeLessThan(CONTAINER_MEMORY_BYTES);
  });
});
