import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGroupCommit } from '../app/visits/group-commit.ts';
import { createDrain, type DrainOptions } from './drain.ts';

const LONG_MS = 60_000;
const NO_COMMITS = { unfinished: () => 0, idle: async () => {} };

/** A server whose requests wait until the test answers them. */
async function setUp(options: Partial<DrainOptions> = {}) {
  const server = createServer();
  const drain = createDrain({ server, commits: [NO_COMMITS], timeoutMs: LONG_MS, ...options });
  const agent = new Agent({ keepAlive: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;

  function send() {
    const outgoing = get({ host: '127.0.0.1', port, agent });
    const answer = once(outgoing, 'response').then(([response]) => response as IncomingMessage);
    return { outgoing, answer };
  }

  /** Sends a request and waits until the server handles it. */
  async function begin() {
    const arrived = once(server, 'request');
    const { outgoing, answer } = send();
    const [, response] = (await arrived) as [IncomingMessage, ServerResponse];
    return { outgoing, answer, response };
  }

  return { server, drain, send, begin };
}

describe('a drain', () => {
  test('is clean at once when nothing is in flight', async () => {
    const { drain } = await setUp();
    expect(drain.isDraining()).toBe(false);
    const unfinished = drain.start();
    expect(drain.isDraining()).toBe(true);
    expect(await unfinished).toEqual({ requests: 0, commits: 0 });
  });

  test('waits for a visit whose client has left', async () => {
    const committed = Promise.withResolvers<number[]>();
    const visits = createGroupCommit({ commit: () => committed.promise, queueLimit: 1 });
    const { drain } = await setUp({ commits: [visits] });
    void visits.record({ requestId: 'a', clientIp: '', serverIp: '', sid: '' });
    const unfinished = drain.start();
    committed.resolve([1]);
    expect(await unfinished).toEqual({ requests: 0, commits: 0 });
  });

  test('waits for the requests in flight, all of them', async () => {
    const { drain, begin } = await setUp();
    const requests = [await begin(), await begin()];
    const unfinished = drain.start();
    for (const { response, answer } of requests) {
      response.end('done');
      expect(await text(await answer)).toBe('done');
    }
    expect(await unfinished).toEqual({ requests: 0, commits: 0 });
  });

  test('accepts no new connection', async () => {
    const { drain, begin, send } = await setUp();
    const { response, answer } = await begin();
    const unfinished = drain.start();
    await expect(send().answer).rejects.toThrow('ECONNREFUSED');
    response.end();
    (await answer).resume();
    await unfinished;
  });

  test('serves new connections, and closes none, during the notice', async () => {
    const { server, drain, begin } = await setUp({ noticeMs: LONG_MS });
    void drain.start();
    const { response, answer } = await begin();
    expect([drain.isDraining(), drain.isClosing(), server.listening]).toEqual([true, false, true]);
    response.end('served');
    expect(await text(await answer)).toBe('served');
  });

  test('limits the notice to the timeout', async () => {
    const { server, drain } = await setUp({ noticeMs: LONG_MS, timeoutMs: 1 });
    expect(await drain.start()).toEqual({ requests: 0, commits: 0 });
    expect(server.listening).toBe(false);
  });

  test('serves a request on a connection that was idle when it stopped listening', async () => {
    const { server, drain, begin } = await setUp();
    const first = await begin();
    first.response.end();
    (await first.answer).resume();
    await once(await first.answer, 'end');
    const unfinished = drain.start();
    expect([drain.isClosing(), server.listening]).toEqual([true, false]);

    const second = await begin();
    second.response.setHeader('Connection', 'close').end('served');
    expect(await text(await second.answer)).toBe('served');
    // Its only connection is closed, so there is nothing left to wait for.
    expect(await unfinished).toEqual({ requests: 0, commits: 0 });
  });

  test('closes a connection that stays idle after a grace period', async () => {
    const { drain, begin } = await setUp({ idleGraceMs: 1 });
    const { response, answer } = await begin();
    response.end();
    const { socket } = (await answer).resume();
    await once(await answer, 'end');
    const closed = once(socket, 'close');
    await drain.start();
    await closed;
  });

  test('does not wait for a client that has left', async () => {
    const { drain, begin } = await setUp();
    const { outgoing, answer } = await begin();
    const failed = expect(answer).rejects.toThrow('socket hang up');
    const unfinished = drain.start();
    outgoing.destroy();
    expect(await unfinished).toEqual({ requests: 0, commits: 0 });
    await failed;
  });

  test('reports what was unfinished at the timeout, and ends it', async () => {
    const { drain, begin } = await setUp({
      timeoutMs: 1,
      commits: [
        { ...NO_COMMITS, unfinished: () => 1 },
        { ...NO_COMMITS, unfinished: () => 2 },
      ],
    });
    const { answer } = await begin();
    const failed = expect(answer).rejects.toThrow('socket hang up');
    expect(await drain.start()).toEqual({ requests: 1, commits: 3 });
    await failed;
  });

  test('does not count an endless stream as unfinished: it ends by itself, or is closed', async () => {
    const { drain, begin } = await setUp();
    const [ending, deaf] = [await begin(), await begin()];
    for (const { response } of [ending, deaf]) {
      drain.markEndless(response);
      response.write('data');
    }
    const received = text(await ending.answer);
    const broken = expect(text(await deaf.answer)).rejects.toThrow('aborted');
    const unfinished = drain.start();
    ending.response.end(', the end');
    expect(await received).toBe('data, the end');
    expect(await unfinished).toEqual({ requests: 0, commits: 0 });
    await broken;
  });

  test('runs once, however often it is started', async () => {
    const { drain } = await setUp();
    expect(drain.start()).toBe(drain.start());
    expect(await drain.start()).toEqual({ requests: 0, commits: 0 });
  });
});
