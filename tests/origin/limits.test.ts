import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openRaw, statusLines } from '../../testkit/http/raw.ts';
import { send } from '../../testkit/http/send.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { type OriginProcess, startOrigin } from '../../testkit/processes/origin.ts';
import { residentBytes } from '../../testkit/processes/resident-memory.ts';

/** The container's memory, as in docker-compose.yml. */
const MEMORY_BYTES = 256 * 1024 * 1024;

const UNFINISHED = 'GET /healthz HTTP/1.1\r\nHost: app.example\r\nX-Never: ends';
const REQUEST = 'GET /healthz HTTP/1.1\r\nHost: app.example\r\n\r\n';

describe('the connections of a replica', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    onTestFinished(() => rm(folder, { recursive: true }));
  });

  async function start(env: Record<string, string> = {}): Promise<OriginProcess> {
    const origin = await startOrigin({ DATABASE_URL: `file:${join(folder, 'visits.sqlite')}`, ...env });
    onTestFinished(origin.stop);
    return origin;
  }

  /** Opens connections from an address and sends the same text on each. */
  async function open(origin: OriginProcess, localAddress: string, count: number, text: string): Promise<Socket[]> {
    const { port } = new URL(origin.url);
    return Promise.all(
      Array.from({ length: count }, () => {
        const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress });
        onTestFinished(() => void socket.destroy());
        const opened = Promise.withResolvers<Socket>();
        socket.on('error', () => {}).once('close', () => opened.resolve(socket));
        socket.once('connect', () => socket.write(text, () => opened.resolve(socket)));
        return opened.promise;
      }),
    );
  }

  const alive = (sockets: Socket[]) => sockets.filter(({ closed }) => !closed).length;

  async function statusFrom(origin: OriginProcess, localAddress: string): Promise<string> {
    const { socket, received, closed } = await openRaw(origin.url, { localAddress });
    // A rejected connection is reset.
    closed.catch(() => {});
    socket.write(REQUEST);
    await vi.waitFor(() => expect(statusLines(received()).length + Number(socket.closed)).not.toBe(0), 20_000);
    socket.destroy();
    return statusLines(received())[0] ?? 'closed';
  }

  test('at their limit, from many addresses with headers that never end, reject no other client and fit its memory', {
    timeout: 120_000,
  }, async () => {
    const origin = await start({ HEADER_TIMEOUT_MS: '60000' });
    const headers = `${UNFINISHED}${Array.from({ length: 17 }, (_, nth) => `\r\nX-${nth}: ${'x'.repeat(4000)}`).join('')}`;
    for (let attacker = 2; attacker < 14; attacker++) {
      await open(origin, `127.0.0.${attacker}`, 80, headers);
      expect(await statusFrom(origin, '127.0.1.1')).toBe('HTTP/1.1 200 OK');
    }
    expect(await residentBytes(origin.process.pid as number)).toBeLessThan(MEMORY_BYTES);
    expect(origin.logLines()).toContainEqual(expect.objectContaining({ msg: 'connection rejected: limit reached' }));
    expect(origin.process.exitCode).toBeNull();
  });

  test('of one client are limited, and connections of a trusted balancer are not counted as one client', async () => {
    const env = { CONNECTIONS_PER_CLIENT: '2', TRUST_PROXY: 'nginx from 127.0.0.9' };
    const origin = await start(env);
    const ofClient = await open(origin, '127.0.0.2', 5, UNFINISHED);
    await expect.poll(() => alive(ofClient)).toBe(2);
    const ofBalancer = await open(origin, '127.0.0.9', 5, UNFINISHED);
    expect(await statusFrom(origin, '127.0.0.9')).toBe('HTTP/1.1 200 OK');
    expect(alive(ofBalancer)).toBe(5);
    expect(await statusFrom(origin, '127.0.0.2')).toBe('closed');
  });

  test('of clients and of balancers have separate limits', async () => {
    const limits = { CLIENT_CONNECTION_LIMIT: '2', PROXY_CONNECTION_LIMIT: '2' };
    const origin = await start({ ...limits, TRUST_PROXY: 'nginx from 127.0.0.9' });
    const busy = [
      ...(await open(origin, '127.0.0.2', 1, UNFINISHED)),
      ...(await open(origin, '127.0.0.3', 1, UNFINISHED)),
    ];
    expect(await statusFrom(origin, '127.0.0.9')).toBe('HTTP/1.1 200 OK');
    expect(alive(busy)).toBe(2);
    await open(origin, '127.0.0.9', 2, UNFINISHED);
    await expect.poll(() => statusFrom(origin, '127.0.0.9')).toBe('closed');
  });

  test('that are all taken are shared: a new client takes one from the client that has most', async () => {
    const origin = await start({ CLIENT_CONNECTION_LIMIT: '4' });
    const greedy = await open(origin, '127.0.0.2', 4, UNFINISHED);
    const modest = await open(origin, '127.0.0.3', 2, UNFINISHED);
    await expect.poll(() => [alive(greedy), alive(modest)]).toEqual([2, 2]);
    const late = await open(origin, '127.0.0.3', 1, UNFINISHED);
    await expect.poll(() => [alive(greedy), alive(modest), alive(late)]).toEqual([2, 2, 0]);
  });

  test('end when the headers of a request, or all of it, take too long', async () => {
    const origin = await start({ HEADER_TIMEOUT_MS: '1000', REQUEST_TIMEOUT_MS: '1000' });
    const [headers, body] = [await openRaw(origin.url), await openRaw(origin.url)];
    headers.socket.write(UNFINISHED);
    body.socket.write('POST /nothing-here HTTP/1.1\r\nHost: app.example\r\nContent-Length: 1000000\r\n\r\nx');
    expect(statusLines(await headers.closed)).toEqual(['HTTP/1.1 408 Request Timeout']);
    expect(statusLines(await body.closed)[0]).toBe('HTTP/1.1 404 Not Found');
  });

  test('carry a limited number of requests of one client at once', async () => {
    const origin = await start({ CONNECTIONS_PER_CLIENT: '3' });
    const { socket, received } = await openRaw(origin.url);
    socket.write('GET / HTTP/1.1\r\nHost: app.example\r\n\r\n'.repeat(10));
    await vi.waitFor(() => expect(statusLines(received())).toHaveLength(10), 20_000);
    const statuses = statusLines(received()).map((line) => line.split(' ')[1]);
    expect(statuses).toContain('200');
    expect(statuses).toContain('429');
    expect(await statusFrom(origin, '127.0.0.2')).toBe('HTTP/1.1 200 OK');
  });
});

describe.each([
  ['a replica', '/readyz', {}],
  ['its metrics', '/metrics', { METRICS_PORT: 'free' }],
])('a request of HTTP/1.0 to %s, which need not name a host', (_what, path, env) => {
  test('is answered 200', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const metricsPort = await freePortRange(1);
    const settings = 'METRICS_PORT' in env ? { METRICS_PORT: `${metricsPort}` } : {};
    const origin = await startOrigin({ DATABASE_URL: `file:${join(folder, 'visits.sqlite')}`, ...settings });
    onTestFinished(origin.stop);
    const url = 'METRICS_PORT' in env ? `http://127.0.0.1:${metricsPort}` : origin.url;
    const { socket, closed } = await openRaw(url);
    socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
    const received = await closed;
    expect(statusLines(received)).toEqual(['HTTP/1.1 200 OK']);
    expect(received.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect((await send(url, { path: '/nothing' })).headers['x-content-type-options']).toBe('nosniff');
  });
});
