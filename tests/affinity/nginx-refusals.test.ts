import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Front } from '../../testkit/fronts/front.ts';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { startNginxFront } from '../../testkit/fronts/nginx.ts';
import { openRaw } from '../../testkit/http/raw.ts';
import { send } from '../../testkit/http/send.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';

/** By contract a client may have this many characters of cookies. */
const LARGE_COOKIE_CHARACTERS = 50_000;

interface LogLine {
  method: string;
  path: string;
  status: number;
}

describe.runIf(fronts.includes('nginx'))('what nginx rejects by itself', () => {
  let replica: StubReplica;
  let front: Front;
  const lines: string[] = [];

  beforeAll(async () => {
    replica = await createStubReplica('A');
    front = await startNginxFront(
      { peers: [replica.url], connectTimeoutMs: 1000, readTimeoutMs: 10_000, cookieSecure: false },
      {
        onAccess: (line) => lines.push(line.toString()),
        settings: { NGINX_RATE_LIMIT: '1000', CLIENT_UPLOAD_LIMIT: '1' },
      },
    );
  });

  afterAll(async () => {
    await front.close();
    await replica.stop();
  });

  /** Sends bytes and returns all that arrives until Nginx closes the connection. */
  async function exchange(text: string, localAddress = '127.0.0.1'): Promise<string> {
    const { socket, closed } = await openRaw(front.url, { localAddress });
    socket.write(text);
    return closed;
  }

  /** Returns the access log's line of the request that had this mark in its target. */
  async function logged(mark: string): Promise<LogLine> {
    await expect.poll(() => lines.some((line) => line.includes(mark))).toBe(true);
    return JSON.parse(lines.find((line) => line.includes(mark)) as string) as LogLine;
  }

  const CLOSE = 'Host: mooring.test\r\nConnection: close';
  const refusals = [
    { status: 400, why: 'an invalid header', head: `GET / HTTP/1.1\r\n${CLOSE}\r\nno header` },
    { status: 405, why: 'TRACE', head: `TRACE / HTTP/1.1\r\n${CLOSE}` },
    { status: 413, why: 'a body of 2 MB', head: `PUT / HTTP/1.1\r\n${CLOSE}\r\nContent-Length: 2000000` },
    { status: 414, why: 'a target of 70 kB', head: `GET /${'u'.repeat(70_000)} HTTP/1.1\r\n${CLOSE}` },
    {
      status: 431,
      why: 'headers of 118 kB',
      head: `GET / HTTP/1.1\r\n${CLOSE}\r\nA: ${'h'.repeat(59_000)}\r\nB: ${'h'.repeat(59_000)}`,
    },
    {
      status: 431,
      why: '300 headers',
      head: `GET / HTTP/1.1\r\n${CLOSE}\r\n${Array.from({ length: 300 }, (_, nth) => `X-${nth}: x`).join('\r\n')}`,
    },
    { status: 501, why: 'an unknown coding', head: `PUT / HTTP/1.1\r\n${CLOSE}\r\nTransfer-Encoding: gzip` },
  ];

  test.each(refusals)('$why: $status with its own message, and it reaches no replica', async ({ status, head }) => {
    const before = replica.requests.length;
    const answer = await exchange(`${head}\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('Content-Type: text/plain');
    expect(answer).not.toContain('<html>');
    expect(replica.requests.length).toBe(before);
  });

  test.each([
    { form: 'text/plain', told: 'The request body is too large.\n' },
    { form: 'application/json', told: '{ "error": { "status": 413, "message": "The request body is too large." } }\n' },
    { form: 'text/html', told: '<h1>The request body is too large.</h1>' },
  ])('as $form when the client prefers it', async ({ form, told }) => {
    const answer = await exchange(`PUT / HTTP/1.1\r\n${CLOSE}\r\nAccept: ${form}\r\nContent-Length: 2000000\r\n\r\n`);
    expect(answer).toContain(`Content-Type: ${form}`);
    expect(answer).toContain(told);
  });

  test('HTTP/0.9, which has no status line: the connection is closed, and it reaches no replica', async () => {
    const before = replica.requests.length;
    expect(await exchange('GET /\r\n')).toBe('');
    expect(await exchange('GET /readyz HTTP/1.1\r\nHost: mooring.test\r\n\r\nGET /\r\n')).toMatch(
      /^HTTP\/1\.1 200 [\s\S]*\r\n\r\nA$/,
    );
    expect(replica.requests.length).toBe(before + 1);
  });

  test('one upload too many for a client: 429 with Retry-After, while another address is served', async () => {
    const upload = `POST /upload HTTP/1.1\r\n${CLOSE}\r\nContent-Length: 10\r\n\r\n`;
    const held = await openRaw(front.url, { localAddress: '127.0.0.2' });
    held.socket.write(upload);
    const second = await openRaw(front.url, { localAddress: '127.0.0.2' });
    second.socket.write(upload);
    const either = () => held.received() + second.received();
    await expect.poll(either).toMatch(/^HTTP\/1\.1 429 [\s\S]*\r\nRetry-After: 1\r\n[\s\S]*from your address\.\n/);
    expect(await exchange(`${upload}0123456789`, '127.0.0.3')).toMatch(/^HTTP\/1\.1 200 /);
    // A visit does not count as an upload.
    expect(await exchange(`GET / HTTP/1.1\r\n${CLOSE}\r\n\r\n`, '127.0.0.2')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('nothing of an HTTP/1.0 request without a host, whose replica receives one', async () => {
    expect(await exchange('GET /readyz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
    expect(replica.requests.at(-1)?.headers.host).toBe('localhost');
  });

  test('nothing of a request with a cookie of 50 kB', async () => {
    const headers = { Cookie: 'c'.repeat(LARGE_COOKIE_CHARACTERS) };
    expect(await send(front.url, { headers })).toMatchObject({ status: 200 });
  });

  test('the log has the method as the client sent it', async () => {
    await exchange(`PUT /too-large HTTP/1.1\r\n${CLOSE}\r\nContent-Length: 2000000\r\n\r\n`);
    expect(await logged('/too-large')).toMatchObject({ method: 'PUT', status: 413 });
  });

  test.each([
    { what: 'a path', request: `GET /long-${'p'.repeat(60_000)}`, mark: '/long-' },
    { what: 'a method', request: `${'M'.repeat(60_000)} /method`, mark: '/method' },
  ])('$what of 60 kB takes little of the log', async ({ request, mark }) => {
    await exchange(`${request} HTTP/1.1\r\n${CLOSE}\r\n\r\n`);
    const { method, path } = await logged(mark);
    expect(method.length + path.length).toBeLessThan(1100);
  });
});
