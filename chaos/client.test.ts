import type { RequestListener } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { serveHttp } from '../testkit/http/serve.ts';
import { createClient } from './client.ts';

async function clientOf(listener: RequestListener) {
  const client = createClient({ fronts: [{ name: 'a', url: `http://${await serveHttp(listener)}` }], nowMs: () => 1 });
  onTestFinished(() => client.close());
  return client;
}

test('a response is recorded with everything that the checkers need', async () => {
  const client = await clientOf((request, response) => {
    response.setHeader('Set-Cookie', ['srv_id=a; path=/', 'srv_id=b; path=/']);
    response.setHeader('X-Served-By', '10.0.0.2:5000').setHeader('X-Affinity', 'moved').setHeader('X-Request-ID', 'r');
    response.end(JSON.stringify({ visit: request.headers.cookie === 'srv_id=b' ? 7 : 6 }));
  });
  // Of two cookies with the same name, the jar keeps the last one.
  expect(await client.ask('visit')).toMatchObject({ cookie: undefined, number: 6 });
  expect(await client.ask('visit')).toMatchObject({
    asked: 'visit',
    cookie: 'b',
    outcome: 'answered',
    status: 200,
    number: 7,
    mooredTo: 'b',
    servedBy: '10.0.0.2:5000',
    verdict: 'moved',
    requestId: 'r',
  });
});

test('a count is not recorded as a visit', async () => {
  const client = await clientOf(({ url }, response) => response.end(JSON.stringify({ count: url?.length })));
  const heard = await client.ask('count');
  expect([heard.count, heard.number]).toEqual(['/showcount'.length, undefined]);
});

test('a POST that deletes the cookie is recorded as one', async () => {
  const client = await clientOf(({ method, url }, response) => {
    response.setHeader('Set-Cookie', ['srv_id=a; path=/', 'srv_id=; Max-Age=0; path=/']);
    response.writeHead(method === 'POST' && url === '/let-go' ? 200 : 404).end('{"moored":false}');
  });
  const heard = await client.ask('release');
  expect(heard).toMatchObject({ outcome: 'answered', status: 200, mooredTo: '' });
  expect(await client.ask('release')).toMatchObject({ cookie: undefined });
  expect([heard.number, heard.count]).toEqual([undefined, undefined]);
});

test('an error, a broken connection and a client that disconnects have different outcomes', async () => {
  const refuses = await clientOf((_, response) => response.writeHead(503, { 'Retry-After': '1' }).end('no'));
  expect(await refuses.ask('visit')).toMatchObject({ outcome: 'answered', status: 503, retryAfter: '1' });
  const breaks = await clientOf(({ socket }) => socket.destroy());
  expect(await breaks.ask('visit')).toMatchObject({ outcome: 'failed', error: 'ECONNRESET' });
  const truncates = await clientOf((_, response) => {
    response.writeHead(200, { 'Content-Length': 9 }).write('{', () => response.destroy());
  });
  expect(await truncates.ask('visit')).toMatchObject({ outcome: 'failed', error: 'ECONNRESET' });
  const hangs = await clientOf(() => {});
  expect(await hangs.ask('visit', { patienceMs: 1 })).toMatchObject({ outcome: 'aborted' });
});

test('what a client does with its session is recorded, without the whole id', async () => {
  const cookies: string[] = [];
  const client = await clientOf(({ method, url, headers }, response) => {
    cookies.push(`${method} ${url} ${headers.cookie}`);
    response.setHeader('Set-Cookie', ['srv_id=a; path=/', 'session=0123456789abcdef.1; path=/']);
    response.end(JSON.stringify({ ledger: { list: '1-1', count: 1, latest: ['1-1'] }, readFrom: 'memory' }));
  });
  expect(await client.ask('put', { entry: '1-1' })).toMatchObject({
    entry: '1-1',
    session: undefined,
    newSession: '0123456789ab',
    ledger: { list: '1-1', count: 1, latest: ['1-1'] },
    readFrom: 'memory',
  });
  expect(await client.ask('append', { entry: '1-2', at: 'b' })).toMatchObject({ session: '0123456789ab', cookie: 'b' });
  expect(await client.probe('old.1', 'c')).toMatchObject({ asked: 'probe', session: 'old.1', cookie: 'c' });
  expect(await client.ask('destroy')).toMatchObject({ session: '0123456789ab', cookie: 'a' });
  expect(cookies).toEqual([
    'PUT /ledger/entries/1-1 undefined',
    'POST /ledger/entries/1-2 srv_id=b; session=0123456789abcdef.1',
    'GET /ledger session=old.1; srv_id=c',
    'DELETE /ledger srv_id=a; session=0123456789abcdef.1',
  ]);
});

test('two requests of a client can be in flight at the same time', async () => {
  const bothCame = Promise.withResolvers<void>();
  let requests = 0;
  const client = await clientOf(async (_, response) => {
    if (++requests === 2) bothCame.resolve();
    await bothCame.promise;
    response.end('{}');
  });
  const answers = await Promise.all([client.ask('read'), client.ask('read', { isBeside: true })]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

test('a client whose front does not answer goes to the next one with its cookies', async () => {
  const cookies: (string | undefined)[] = [];
  const listener: RequestListener = ({ headers }, response) => {
    cookies.push(headers.cookie);
    response.setHeader('Set-Cookie', 'srv_id=a; path=/').end('{"visit":1}');
  };
  const broken = await serveHttp(({ socket }) => socket.destroy());
  const fronts = [
    { name: 'machine-1', url: `http://${broken}` },
    { name: 'machine-2', url: `http://${await serveHttp(listener)}` },
    { name: 'machine-3', url: `http://${await serveHttp(listener)}` },
  ];
  const client = createClient({ fronts, nowMs: () => 1 });
  onTestFinished(client.close);
  expect(await client.ask('visit')).toMatchObject({ front: 'machine-1', outcome: 'failed' });
  expect(await client.ask('visit')).toMatchObject({ front: 'machine-2', status: 200 });
  client.goTo(2);
  expect(await client.ask('visit')).toMatchObject({ front: 'machine-3', status: 200 });
  expect(cookies).toEqual([undefined, 'srv_id=a']);
});

test('a client that gives up on one of several fronts resets its connection', async () => {
  const errors: unknown[] = [];
  const hangs = await serveHttp(({ socket }) => socket.on('error', (error) => errors.push(error)));
  const fronts = [
    { name: 'machine-1', url: `http://${hangs}` },
    { name: 'machine-2', url: `http://${hangs}` },
  ];
  const client = createClient({ fronts, nowMs: () => 1 });
  onTestFinished(client.close);
  expect(await client.ask('visit', { patienceMs: 50 })).toMatchObject({ front: 'machine-1', outcome: 'aborted' });
  await vi.waitFor(() => expect(errors).toMatchObject([{ code: 'ECONNRESET' }]));
});
