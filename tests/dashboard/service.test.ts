import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { send } from '../../testkit/http/send.ts';
import { type DashboardProcess, startDashboardProcess } from '../../testkit/processes/dashboard.ts';

const PORT = '5001';
const REPLICA = `127.0.0.1:${PORT}`;
const LINE = { clientIp: '203.0.113.7', status: 200, affinity: 'hit', peer: REPLICA, headerSeconds: '0.012' };

let service: DashboardProcess;

beforeAll(async () => {
  service = await startDashboardProcess({ ORIGIN_PORT: PORT });
});

afterAll(() => service.end('SIGKILL'));

/** Sends a datagram as Nginx does. */
function sendLine(text: string | Buffer, { port } = service): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.send(text, port, '127.0.0.1', () => {
      socket.close();
      resolve();
    });
  });
}

const nginxLine = (path: string) => `<190>Nov 26 10:14:35 mooring: ${JSON.stringify({ ...LINE, path })}`;

async function totalOf(route: string): Promise<number> {
  return (await service.snapshot()).traffic.find((traffic) => traffic.route === route)?.total ?? 0;
}

test('shows the replica that the name leads to, before any request', async () => {
  await expect
    .poll(async () => (await service.snapshot()).replicas)
    .toMatchObject([{ address: REPLICA, state: 'ready' }]);
});

test('counts the lines of a balancer', async () => {
  for (const path of ['/cart', '/cart/1']) await sendLine(nginxLine(path));
  await expect.poll(() => totalOf('/cart')).toBe(2);
  expect(await service.snapshot()).toMatchObject({
    source: 'balancers',
    replicas: [{ address: REPLICA, figures: { mooredClients: 1, latencyMs: { p50: expect.closeTo(12, 0) } } }],
  });
});

test('survives what is no line', async () => {
  for (const text of ['', '<190>', '<190>mooring: {', nginxLine('/x').slice(0, -3)]) await sendLine(text);
  await sendLine(Buffer.alloc(60_000, '{'));
  await sendLine(nginxLine('/after'));
  await expect.poll(() => totalOf('/after')).toBe(1);
  expect(await totalOf('/x')).toBe(0);
});

describe('over HTTP', () => {
  test.each([
    ['/', 302, ''],
    ['/dashboard', 200, 'REPLICA'],
    ['/healthz', 200, 'ok'],
    ['/readyz', 200, 'ready'],
    ['/assets/dashboard.js', 200, 'import'],
    ['/missing', 404, 'The dashboard is at /dashboard.'],
  ])('GET %s is answered %i', async (path, status, part) => {
    const answer = await send(service.url, { path });
    expect([answer.status, answer.body.toString()]).toEqual([status, expect.stringContaining(part)]);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  test('the page has the replica, and its stream sends the same', async () => {
    const page = await send(service.url, { path: '/dashboard', headers: { Accept: 'text/html' } });
    expect(page.body.toString()).toContain(REPLICA);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const stream = await fetch(`${service.url}/dashboard/events`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    onTestFinished(async () => reader?.cancel());
    let text = '';
    while (!text.includes('event: snapshot')) text += (await reader?.read())?.value;
  });

  test.each([
    [{ Host: 'evil.example' }, 403],
    [{ Host: 'status.example' }, 403],
    [{ 'X-Forwarded-For': '10.0.0.1' }, 403],
    [{ Host: 'localhost' }, 200],
  ])('the access rules of the dashboard of replicas apply: %j is answered %i', async (headers, status) => {
    expect((await send(service.url, { path: '/dashboard', headers: { ...headers } })).status).toBe(status);
  });

  test('DASHBOARD=token asks for the token', async () => {
    const token = '8b1a9953c4611296a827abf8c47804d7';
    const other = await startDashboardProcess({ DASHBOARD: 'token', DASHBOARD_TOKEN: token });
    onTestFinished(async () => void (await other.end('SIGKILL')));
    const ask = async (headers: Record<string, string>) =>
      (await send(other.url, { path: '/dashboard', headers })).status;
    expect([await ask({}), await ask({ Authorization: `Bearer ${token}` })]).toEqual([401, 200]);
  });
});

test('a stop ends open streams and serves no more pages, but takes lines until balancers have noticed', async () => {
  const stopping = await startDashboardProcess();
  const stream = await fetch(`${stopping.url}/dashboard/events`);
  const ended = stopping.end('SIGTERM');
  expect(await stream.text()).toMatch(/^retry: /);
  await expect.poll(() => send(stopping.url).catch(() => 'refused')).toBe('refused');
  const socket = createSocket('udp4');
  onTestFinished(() => {
    socket.close();
  });
  const errors: unknown[] = [];
  socket.on('error', (error) => errors.push(error));
  // A connected socket learns that nobody receives.
  await new Promise<void>((resolve) => socket.connect(stopping.port, '127.0.0.1', () => resolve()));
  const write = () => new Promise((resolve) => socket.send(nginxLine('/'), resolve));
  expect([await write(), await write(), errors]).toEqual([null, null, []]);
  expect(await ended).toBe(0);
});
