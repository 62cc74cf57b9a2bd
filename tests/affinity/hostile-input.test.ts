import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { startNginxFront } from '../../testkit/fronts/nginx.ts';
import { openRaw, statusLines } from '../../testkit/http/raw.ts';
import { send } from '../../testkit/http/send.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';
import { type AskableFront, createStage, stage } from './fixture.ts';

describe.each(fronts)('hostile input at %s', (kind) => {
  let front: AskableFront;
  let a: StubReplica;

  beforeAll(async () => {
    [front, a] = await createStage(kind, ['A']);
  });
  afterAll(() => front.close());

  test.each([
    ['two hosts', 'Host: a\r\nHost: b'],
    ['an invalid host', 'Host: a b'],
    ['a host with a path', 'Host: mooring.test/admin'],
    ['a host with a query', 'Host: mooring.test?x'],
    ['a host with a fragment', 'Host: mooring.test#x'],
    ['a host with a backslash', 'Host: mooring.test\\admin'],
    ['a host with a user', 'Host: user@mooring.test'],
    ['a host with a user and a password', 'Host: user:password@mooring.test'],
    ['a host with two ports', 'Host: mooring.test:80:81'],
    ['a host with an invalid port', 'Host: mooring.test:65536'],
    ['a host with an empty label', 'Host: mooring..test'],
    ['a host with its brackets open', 'Host: [::1'],
    ['an empty host', 'Host:'],
    ['no host', 'X: y'],
    ['a transfer coding beside chunked', 'Host: mooring.test\r\nTransfer-Encoding: gzip, chunked', /^HTTP\/1\.1 501 /],
  ])('%s is answered 400 and reaches no replica', async (_what, lines, status = /^HTTP\/1\.1 400 /) => {
    const before = a.requests.length;
    const { socket, received } = await openRaw(front.url);
    socket.write(`GET /public HTTP/1.1\r\n${lines}\r\n\r\n`);
    await expect.poll(received).toMatch(status);
    expect(a.requests).toHaveLength(before);
  });

  test.each([
    'mooring.test',
    'MOORING.test:080',
    'mooring.test.',
    'a_b',
    "!$&'()*+,;=~",
    '%41',
    'a%zz',
    '[::1]:80',
    '[a]',
  ])('the host %s has no part in the path', async (host) => {
    const before = a.requests.length;
    const { socket, received } = await openRaw(front.url);
    socket.write(`GET /public?q HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await expect.poll(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(a.requests.slice(before).map(({ target }) => target)).toEqual(['/public?q']);
  });
});

describe.each(fronts.filter((kind) => kind !== 'nginx'))('headers that a replica would not accept, at %s', (kind) => {
  test.each([
    ['130 kB', ['X-Huge: '.padEnd(130_000, 'h')]],
    ['3000 of them', Array.from({ length: 3000 }, (_, nth) => `X-${nth}: ${nth}`)],
  ])('%s is answered 431 and reaches no replica', async (_what, lines) => {
    const [front, a] = await stage(kind, ['A']);
    const { socket, received } = await openRaw(front.url);
    socket.write(`GET / HTTP/1.1\r\nHost: mooring.test\r\n${lines.join('\r\n')}\r\n\r\n`);
    await expect.poll(() => statusLines(received())).toEqual(['HTTP/1.1 431 Request Header Fields Too Large']);
    expect(received()).not.toContain('srv_id');
    expect(a.connectionCount()).toBe(0);
  });
});

describe.each(fronts.filter((kind) => kind === 'nginx'))('the access log of %s', () => {
  test.each([
    ['/caf\u00e9', '/caf'],
    ['/a\u009b31m?x', '/a'],
    ['/plain/%c2%9b?secret', '/plain/%c2%9b'],
  ])('shows the characters of %j that a URL may contain', async (target, logged) => {
    const a = await createStubReplica('A');
    const lines: Buffer[] = [];
    const timeouts = { connectTimeoutMs: 1000, readTimeoutMs: 10_000, cookieSecure: false };
    const front = await startNginxFront({ peers: [a.url], ...timeouts }, { onAccess: (line) => lines.push(line) });
    onTestFinished(async () => {
      await front.close();
      await a.stop();
    });
    const { socket } = await openRaw(front.url);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: mooring.test\r\n\r\n`, 'latin1');
    await expect.poll(() => lines.map((line) => JSON.parse(line.toString()).path)).toContain(logged);
  });
});

describe.each(fronts.filter((kind) => kind === 'nginx'))('the error log of %s', () => {
  test.each([
    ['an escape in the referrer', '/', 'Referer: http://a/\u001b[31m'],
    ['an escape of the upper half in the referrer', '/', 'Referer: http://a/\u009b31m'],
    ['an escape in the path', '/\u001b[31m', 'X: y'],
    ['an escape of the upper half in the path', '/\u009b31m', 'X: y'],
    ['an escape of the upper half in the host', '/', 'Host: a\u009b31m'],
    ['a referrer', '/', 'Referer: http://a/'],
  ])('quotes no control character: %s', async (_what, path, header) => {
    const a = await createStubReplica('A');
    await a.stop();
    const timeouts = { connectTimeoutMs: 1000, readTimeoutMs: 10_000, cookieSecure: false };
    const front = await startNginxFront({ peers: [a.url], ...timeouts });
    onTestFinished(front.close);
    const { socket, received } = await openRaw(front.url);
    const host = header.startsWith('Host') ? '' : 'Host: mooring.test\r\n';
    socket.write(`GET ${path} HTTP/1.1\r\n${host}${header}\r\nConnection: close\r\n\r\n`, 'latin1');
    await expect.poll(received).toMatch(/^HTTP\/1.1 (400|502)/);
    // What a later request writes comes after all that this one has written.
    await send(front.url, { path: '/last' });
    await expect.poll(() => front.logs.some((line) => line.includes('GET /last '))).toBe(true);
    await front.close();
    expect(front.logs.filter((line) => !/^[ -~]*$/.test(line))).toEqual([]);
  });
});
