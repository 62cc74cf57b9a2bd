import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openRaw, statusLines } from '../../testkit/http/raw.ts';
import { send } from '../../testkit/http/send.ts';
import { type OriginProcess, startOrigin } from '../../testkit/processes/origin.ts';

const VISIT = 'GET / HTTP/1.1\r\nHost: mooring.test\r\n\r\n';

describe('hostile input at a replica', () => {
  let origin: OriginProcess;

  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    origin = await startOrigin({ DATABASE_URL: `file:${join(folder, 'visits.sqlite')}` });
    onTestFinished(origin.stop);
  });

  const requests = () => origin.logLines().filter(({ msg }) => msg === 'request');
  const count = async () => (await send(origin.url, { path: '/showcount' })).body.toString().trim();

  test.each([
    ['%1b]0;x%07', '/\\u001b]0;x\\u0007'],
    ['%7f', '/\\u007f'],
    ['%c2%9b31m', '/\\u009b31m'],
    ['%e2%80%a8next', '/\\u2028next'],
    ['%e2%80%a9next', '/\\u2029next'],
  ])('a path never writes a control character or a line of its own into the log: %s', async (path, logged) => {
    await send(origin.url, { path: `/${path}` });
    await expect.poll(requests).toHaveLength(1);
    expect(origin.output()).toContain(`"path":"${logged}"`);
  });

  test('V6: a client that leaves at once is still known by its address', async () => {
    const { socket } = await openRaw(origin.url);
    // The answer on another connection shows that the first one is accepted by then.
    await send(origin.url, { path: '/healthz' });
    origin.process.kill('SIGSTOP');
    socket.write(VISIT);
    await new Promise<void>((resolve) => socket.write('', () => resolve()));
    socket.resetAndDestroy();
    origin.process.kill('SIGCONT');
    await expect.poll(requests).toContainEqual(expect.objectContaining({ path: '/', visit: 1 }));
    expect(requests()).toContainEqual(expect.objectContaining({ path: '/', clientIp: '127.0.0.1' }));
  });

  test('V6: a client that was gone before its address was known has made no visit', async () => {
    origin.process.kill('SIGSTOP');
    const { socket } = await openRaw(origin.url);
    await new Promise<void>((resolve) => socket.write(VISIT, () => resolve()));
    socket.resetAndDestroy();
    origin.process.kill('SIGCONT');
    expect(await count()).toBe('0');
    expect(requests().map(({ clientIp }) => clientIp)).not.toContain('');
  });

  test('a malformed request is answered after the requests before it', async () => {
    const { socket, closed } = await openRaw(origin.url);
    socket.write(`${VISIT}${VISIT}nonsense\r\n\r\n`);
    expect(statusLines(await closed)).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.1 400 Bad Request']);
    expect(await count()).toBe('2');
  });

  test('CONNECT is answered after the requests before it', async () => {
    const { socket, closed } = await openRaw(origin.url);
    socket.write(`${VISIT}CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: mooring.test\r\n\r\nwhatever`);
    expect(statusLines(await closed)).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 405 Method Not Allowed']);
    expect(await count()).toBe('1');
  });

  test('an unsupported upgrade is answered, and its connection is closed', async () => {
    const { socket, closed } = await openRaw(origin.url);
    socket.write('GET / HTTP/1.1\r\nHost: mooring.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const answer = await closed;
    expect(statusLines(answer)).toEqual(['HTTP/1.1 200 OK']);
    expect(answer).toMatch(/^connection: close\r$/im);
  });

  test('headers that are too large are answered in full, however much of them is still to come', async () => {
    const { socket, closed } = await openRaw(origin.url);
    socket.write(`GET / HTTP/1.1\r\nHost: mooring.test\r\nX-Huge: ${'h'.repeat(1_000_000)}\r\n\r\n`);
    expect(await closed).toMatch(
      /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n[\s\S]*\r\nConnection: close\r\nContent-Length: 0\r\n\r\n$/,
    );
  });

  test('100 Continue never comes in the middle of an answer', async () => {
    const { socket, closed } = await openRaw(origin.url);
    const expecting = 'POST / HTTP/1.1\r\nHost: mooring.test\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n';
    socket.write(`${VISIT}${expecting}x`);
    expect(await closed).toMatch(
      /\r\n\r\n127\.0\.0\.1\nHTTP\/1\.1 405 .*\r\n\r\nThis path allows only GET, HEAD\.\n$/s,
    );
  });

  test('100 Continue is sent when no response is pending', async () => {
    const { socket, received } = await openRaw(origin.url);
    socket.write('POST /let-go HTTP/1.1\r\nHost: mooring.test\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n');
    await expect.poll(() => statusLines(received())).toEqual(['HTTP/1.1 100 Continue', 'HTTP/1.1 200 OK']);
  });
});
