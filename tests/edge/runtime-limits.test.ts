import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { exchange } from '../../testkit/http/exchange.ts';
import { openRaw } from '../../testkit/http/raw.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { startTcpServer } from '../../testkit/network/tcp-server.ts';
import { createRawReplica, OK, type RawReplica } from '../../testkit/replicas/raw.ts';
import { findWorkerd } from '../../worker/host/find-workerd.ts';
import { type EdgeProcess, runEdge } from '../../worker/host/workerd.ts';
import { answer, message, reduce, request } from '../affinity/http/http-case.ts';

/**
 * A worker that only forwards. It sends the peer's response on, or, if the request says so, reports what it sees of the
 * request or of the messages on a WebSocket, or what is thrown, or aborts a request.
 */
const FORWARDER = `export default {
  async fetch(request, env) {
    const { url, method, headers, body } = request;
    const show = headers.get('X-Show');
    if (show === 'backlog') return new Response(String('bufferedAmount' in WebSocket.prototype));
    if (show === 'request') return Response.json({ url, headers: [...headers] });
    if (show === 'messages') {
      const { 0: client, 1: socket } = new WebSocketPair();
      socket.accept();
      const seen = [];
      socket.addEventListener('message', ({ data }) => socket.send(String(seen.push(data))));
      return new Response(null, { status: 101, webSocket: client });
    }
    try {
      if (show === 'abort') return await abortAfterResponse(headers.get('X-Peer'));
      const target = env.PEER + url.slice(url.indexOf('/', 'http://'.length));
      const options = { method, headers: { ...Object.fromEntries(headers), Host: 'h.test' }, redirect: 'manual' };
      if (show === 'body') return await fetch(target, { ...options, body: 'body' });
      const response = await fetch(target, options);
      return new Response(response.body, response);
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
async function abortAfterResponse(url) {
  const { readable, writable } = new IdentityTransformStream();
  const controller = new AbortController();
  const response = fetch(url, { method: 'POST', body: readable, signal: controller.signal });
  await writable.getWriter().write(new TextEncoder().encode('part'));
  await response;
  controller.abort();
  return new Response('aborted');
}`;

/** Nginx's defaults. */
const NGINX_HEADER_TIMEOUT_MS = 10_000;
const NGINX_CONNECTION_LIMIT = 100;

const shown = (line: string, ...fields: string[]) => request(line, 'X-Show: request', ...fields);

describe('a minimal worker', () => {
  let replica: RawReplica;
  let worker: EdgeProcess;

  beforeAll(async () => {
    replica = await createRawReplica('A');
    worker = await runEdge({
      workerd: findWorkerd(),
      port: await freePortRange(1),
      vars: { PEER: replica.url },
      bundle: {
        script: FORWARDER,
        compatibilityDate: '2026-10-20',
        compatibilityFlags: [],
        appSettingNames: [],
      },
    });
  });
  afterAll(async () => {
    await worker.close();
    replica.close();
  });

  const PROOFS: { name: string; sends: string; answers?: string; seen?: string | null; gets?: string | RegExp }[] = [
    { name: 'R1: dot segments are resolved', sends: request('GET /a/../b'), seen: 'GET /b HTTP/1.1' },
    { name: 'R1: some characters are encoded', sends: request('GET /{a}^"'), seen: 'GET /%7Ba%7D%5E%22 HTTP/1.1' },
    { name: 'R1: a backslash becomes a slash', sends: request('GET /a\\b'), seen: 'GET /a/b HTTP/1.1' },
    { name: 'R1: a fragment is unknown', sends: shown('GET /a#b'), gets: /"url":"http:\/\/h\.test\/a"/ },
    { name: 'R2: characters in the target', sends: request('GET /<a>'), seen: null, gets: /^HTTP\/1\.1 400 / },
    { name: 'R2: a name that is no token', sends: request('GET /', 'X(A: b'), seen: null, gets: /^HTTP\/1\.1 400 / },
    { name: 'R2: a version', sends: message('GET / HTTP/1.2', 'Host: h'), seen: null, gets: /^HTTP\/1\.1 400 / },
    { name: 'R2: no host', sends: message('GET / HTTP/1.0'), seen: null, gets: /^HTTP\/1\.0 400 / },
    {
      name: 'R2: a coding',
      sends: request('POST /', 'Transfer-Encoding: gzip'),
      seen: null,
      gets: /^HTTP\/1\.1 400 /,
    },
    { name: 'R2: a target without a slash', sends: shown('GET a'), gets: /"url":"http:\/\/h\.test\/"/ },
    { name: 'R3: a host', sends: request('GET /'), seen: 'GET / HTTP/1.1\nHost: PEER' },
    { name: 'R3: a host in the target', sends: shown('GET http://x.test/a'), gets: /"url":"http:\/\/h\.test\/a"/ },
    {
      name: 'R4: lines of a known field',
      sends: shown('GET /', 'Cookie: a=1', 'Cookie: b=2'),
      gets: /\["cookie","a=1, b=2"\]/,
    },
    {
      name: 'R4: lines of a known field in a response',
      sends: request('GET /'),
      answers: answer('200 OK', ['Vary: a', 'Vary: b']).bytes,
      gets: /\r\nVary: a, b\r\n/,
    },
    { name: 'R5: a known field without a value', sends: request('GET /', 'Cookie: '), seen: 'GET / HTTP/1.1\n-Cookie' },
    { name: 'R5: another field without a value', sends: request('GET /', 'x-a: '), seen: 'GET / HTTP/1.1\nx-a:' },
    { name: 'R6: a method', sends: request('FOO /'), seen: null, gets: /^HTTP\/1\.1 501 / },
    { name: 'R6: CONNECT', sends: request('CONNECT h.test:80'), seen: null, gets: /^HTTP\/1\.1 500 / },
    {
      name: 'R7: an upgrade',
      sends: request('GET /', 'Connection: upgrade', 'Upgrade: foo'),
      seen: 'GET / HTTP/1.1\n-Connection\n-Upgrade',
    },
    { name: 'R8: a body', sends: request('GET /', 'X-Show: body'), seen: null, gets: /TypeError/ },
    {
      name: 'R9: the length of a 304',
      sends: request('GET /'),
      answers: message('HTTP/1.1 304 Not Modified', 'Content-Length: 9'),
      gets: /^HTTP\/1\.1 304 (?![\s\S]*Content-Length)/,
    },
    { name: 'R10: a status', sends: request('GET /'), answers: answer('600 X').bytes, gets: /RangeError/ },
    { name: 'R10: a reason', sends: request('GET /'), answers: answer('200 a\tb').bytes, gets: /TypeError/ },
    {
      name: 'R11: a length beside chunks',
      sends: `${shown('POST /', 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
      gets: /^(?![\s\S]*"content-length")[\s\S]*"transfer-encoding"/,
    },
  ];

  test.each(PROOFS)('$name', async ({ sends, answers, seen, gets }) => {
    const before = replica.requests.length;
    replica.answer(answers === undefined ? OK : { bytes: answers });
    const received = await exchange(worker.url, sends);
    const reached = replica.requests.slice(before).map((bytes) => bytes.replaceAll(new URL(replica.url).host, 'PEER'));
    if (seen === null) expect(reached).toEqual([]);
    else if (seen !== undefined) expect(reached.map((bytes) => reduce(bytes, seen))).toEqual([seen]);
    if (gets) expect(received).toMatch(gets);
  });

  test('R12: a connection without complete headers, or without a request, is closed after a time of the runtime', async () => {
    const startMs = performance.now();
    const ends = ['GET / HTTP/1.1\r\nHost: h.test\r\n', request('GET /')].map(async (sends) => {
      const { socket, closed } = await openRaw(worker.url);
      socket.write(sends);
      return closed;
    });
    expect(await Promise.all(ends)).toEqual(['', expect.stringMatching(/^HTTP\/1\.1 200 /)]);
    // Where `NGINX_CLIENT_HEADER_TIMEOUT` would have ended the first.
    expect(performance.now() - startMs).toBeGreaterThan(NGINX_HEADER_TIMEOUT_MS);
  });

  test('R13: connections without a request do not reach it, however many one address has', async () => {
    const idle = await Promise.all(Array.from({ length: 2 * NGINX_CONNECTION_LIMIT }, () => openRaw(worker.url)));
    expect(await exchange(worker.url, request('GET /'))).toMatch(/^HTTP\/1\.1 200 /);
    expect(idle.filter(({ socket }) => socket.closed)).toEqual([]);
  });

  test('R14: pings are answered by the runtime, and the worker does not see them', async () => {
    const socket = new WebSocket(worker.url, { headers: { 'X-Show': 'messages' } });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.ping();
    await once(socket, 'pong');
    socket.send('a message');
    expect(`${await once(socket, 'message').then(([message]) => message)}`).toBe('1');
  });

  test('R15: chunks that are aborted after the response has begun end as if they were complete', async () => {
    let received = '';
    const { address, close } = await startTcpServer((socket) => {
      socket.setEncoding('latin1').on('data', (bytes) => {
        if (received === '') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n');
        received += bytes;
      });
    });
    onTestFinished(close);
    const sent = request('GET /', 'X-Show: abort', `X-Peer: http://${address}`);
    expect(await exchange(worker.url, sent)).toMatch(/^HTTP\/1\.1 200 /);
    await expect.poll(() => received).toMatch(/\r\n\r\n4\r\npart\r\n0\r\n\r\n$/);
  });

  test('R16: how much waits to be sent on a WebSocket is not known', async () => {
    expect(await exchange(worker.url, request('GET /', 'X-Show: backlog'))).toMatch(/\r\n\r\nfalse$/);
  });

  test('the documentation lists what is shown here', async ({ task }) => {
    const documentation = await readFile(new URL('../../docs/affinity.md', import.meta.url), 'utf8');
    const listed = documentation.match(/(?<=^\| )R\d+(?= \|)/gm);
    const shown = task.suite?.tasks.flatMap(({ name }) => name.match(/^R\d+/)?.[0] ?? []);
    expect(listed).toEqual([...new Set(shown)]);
  });
});
