import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startTestEdge } from '../../testkit/fronts/edge.ts';
import { fronts, startFront } from '../../testkit/fronts/fronts.ts';
import { openRaw } from '../../testkit/http/raw.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { type OriginProcess, startOrigin } from '../../testkit/processes/origin.ts';
import { drops, hangs } from '../../testkit/replicas/behaviours.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';

const HOST = 'Host: mooring.test';
const CLOSE = 'Connection: close';

/** Sends bytes. Returns status and `X-Content-Type-Options` of each response until the connection is closed. */
async function exchange(url: string, bytes: string): Promise<string[]> {
  const { socket, closed } = await openRaw(url);
  socket.write(bytes);
  const heads = (await closed).match(/^HTTP\/1\.1 \d{3} [\s\S]*?\r\n\r\n/gm) ?? [];
  return heads.map((head) => {
    const values = [...head.matchAll(/^x-content-type-options: (.*)\r$/gim)].map(([, value]) => value);
    return `${head.slice('HTTP/1.1 '.length).split(' ', 1)} ${values.join(', ') || 'without the header'}`;
  });
}

describe('a replica and its metrics, also where Node answers by itself', () => {
  let origin: OriginProcess;
  let metricsUrl: string;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    const metricsPort = await freePortRange(1);
    metricsUrl = `http://127.0.0.1:${metricsPort}`;
    origin = await startOrigin({
      DATABASE_URL: `file:${join(folder, 'visits.sqlite')}`,
      METRICS_PORT: `${metricsPort}`,
      HEADER_TIMEOUT_MS: '1000',
    });
  });
  afterAll(async () => {
    await origin.stop();
    await rm(folder, { recursive: true });
  });

  const malformed: [status: number, what: string, bytes: string][] = [
    [400, 'nonsense', 'nonsense\r\n\r\n'],
    [400, 'no host', 'GET / HTTP/1.1\r\n\r\n'],
    [400, 'an invalid host', `GET / HTTP/1.1\r\nHost: a b\r\n${CLOSE}\r\n\r\n`],
    [404, 'an unknown path', `GET /nothing HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
    [405, 'a tunnel', `CONNECT 127.0.0.1:1 HTTP/1.1\r\n${HOST}\r\n\r\n`],
    [417, 'an unknown expectation', `GET / HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\nExpect: nonsense\r\n\r\n`],
    [431, 'large headers', `GET / HTTP/1.1\r\n${HOST}\r\nX-Huge: ${'h'.repeat(100_000)}\r\n\r\n`],
  ];
  test.each(malformed)('%i for %s carries nosniff once', async (status, _what, bytes) => {
    for (const url of [origin.url, metricsUrl]) expect(await exchange(url, bytes)).toEqual([`${status} nosniff`]);
  });

  test('408 for headers that do not end carries nosniff once', async () => {
    expect(await exchange(origin.url, `GET / HTTP/1.1\r\n${HOST}\r\n`)).toEqual(['408 nosniff']);
  });

  test('all answers on one connection carry nosniff once', async () => {
    const visit = `GET / HTTP/1.1\r\n${HOST}\r\n\r\n`;
    expect(await exchange(origin.url, `${visit}HEAD / HTTP/1.1\r\n${HOST}\r\n\r\nnonsense\r\n\r\n`)).toEqual([
      '200 nosniff',
      '200 nosniff',
      '400 nosniff',
    ]);
  });
});

async function edgeBeforeStub(vars: Record<string, string> = {}): Promise<{ url: string; replica: StubReplica }> {
  const replica = await createStubReplica('A');
  onTestFinished(replica.stop);
  const { url } = await startTestEdge({ origins: [replica.url], vars });
  return { url, replica };
}

describe('the edge, also where no replica answers', () => {
  test("its own answers and a replica's answers carry nosniff once", async () => {
    const { url } = await edgeBeforeStub({ CLIENT_BODY_TIMEOUT_MS: '300' });
    const requests: [status: number, bytes: string][] = [
      [200, `GET / HTTP/1.1\r\n${HOST}`],
      [400, 'GET / HTTP/1.1\r\nHost: mooring..test'],
      [405, `TRACE / HTTP/1.1\r\n${HOST}`],
      [408, `PUT / HTTP/1.1\r\n${HOST}\r\nContent-Length: 10`],
      [431, `GET / HTTP/1.1\r\n${HOST}\r\nX-Huge: ${'h'.repeat(100_000)}`],
      [501, `PUT / HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: gzip, chunked`],
    ];
    for (const [status, request] of requests)
      expect(await exchange(url, `${request}\r\n${CLOSE}\r\n\r\n`)).toEqual([`${status} nosniff`]);
  });

  test('answers of a full edge carry nosniff once', async () => {
    const { url } = await edgeBeforeStub({ CLIENT_UPLOAD_LIMIT: '1', UPLOAD_LIMIT: '1' });
    const upload = `PUT / HTTP/1.1\r\n${HOST}\r\nContent-Length: 10\r\n${CLOSE}\r\n\r\n`;
    const held = await openRaw(url);
    held.socket.write(upload);
    await expect.poll(async () => (await exchange(url, `${upload}0123456789`))[0]).toMatch(/^(429|503) nosniff$/);
  });

  test.each([
    ['502', drops(), 'text/plain'],
    ['502', drops(), 'text/html'],
    ['504', hangs(), 'application/json'],
  ])('%s carries nosniff once', async (status, behaviour, form) => {
    const { url, replica } = await edgeBeforeStub({ UPSTREAM_READ_TIMEOUT_MS: '300' });
    replica.behave(behaviour);
    const request = `GET / HTTP/1.1\r\n${HOST}\r\nAccept: ${form}\r\n${CLOSE}\r\n\r\n`;
    expect(await exchange(url, request)).toEqual([`${status} nosniff`]);
  });
});

describe.runIf(fronts.includes('nginx'))('Nginx', () => {
  test("its own answers and a replica's answers carry nosniff once", async () => {
    const replica = await createStubReplica('A');
    onTestFinished(replica.stop);
    const front = await startFront('nginx', { peers: [replica.url], readTimeoutMs: 300 });
    onTestFinished(front.close);
    const get = `GET / HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`;
    expect(await exchange(front.url, get)).toEqual(['200 nosniff']);
    replica.behave((_request, response) => response.setHeader('X-Content-Type-Options', 'nosniff').end());
    expect(await exchange(front.url, get)).toEqual(['200 nosniff']);
    expect(await exchange(front.url, `GET / HTTP/1.1\r\nHost: a b\r\n${CLOSE}\r\n\r\n`)).toEqual(['400 nosniff']);
    expect(await exchange(front.url, `TRACE / HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`)).toEqual(['405 nosniff']);
    replica.behave(hangs());
    expect(await exchange(front.url, get)).toEqual(['504 nosniff']);
    replica.behave(drops());
    expect(await exchange(front.url, get)).toEqual(['502 nosniff']);
  });
});
