import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { delay } from '../../../app/lib/delay.ts';
import { fronts } from '../../../testkit/fronts/fronts.ts';
import { openRequest, responseTo } from '../../../testkit/http/send.ts';
import { answersInPart, type Behaviour, UNBUFFERED } from '../../../testkit/replicas/behaviours.ts';
import { createDeafReplica } from '../../../testkit/replicas/blackhole.ts';
import { createStubReplica } from '../../../testkit/replicas/stub.ts';
import { frontBefore, stage } from '../fixture.ts';
import { LARGE_BYTES, LONG_MS, PIECE_MS, PIECES, TIMEOUT_MS } from './timing.ts';

/** Longer than a test may take. */
const NEVER_MS = 3_600_000;

/** Sends pieces whose pauses are shorter than the timeout, and all together longer. */
const sendsInPieces: Behaviour = async (_request, response) => {
  response.writeHead(200, UNBUFFERED);
  for (let piece = 0; piece < PIECES; piece++) {
    response.write('x');
    await delay(PIECE_MS);
  }
  response.end();
};

describe.each(fronts)('a slow replica behind %s', (kind) => {
  test.each(['GET', 'PUT', 'POST'])(
    'B18: %s goes to another when it takes too long to accept a connection',
    async (method) => {
      const [a, b] = await Promise.all([createDeafReplica('A'), createStubReplica('B')]);
      const options = { connectTimeoutMs: TIMEOUT_MS, readTimeoutMs: NEVER_MS };
      const front = await frontBefore([a, b], kind, ['A', 'B'], options);
      expect(await front.ask({ method, as: a, body: 'x' })).toBe('200 from B, cookie of B');
      await b.stop();
    },
  );

  test('B18: an answer may take longer than a connection', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B'], { connectTimeoutMs: TIMEOUT_MS });
    a.behave(async (_request, response, { name }) => {
      await delay(3 * TIMEOUT_MS);
      response.end(name);
    });
    expect(await front.ask({ as: a })).toBe('200 from A, cookie of A');
    expect(b.requests).toEqual([]);
  });

  test.each([
    ['of known length', { 'Content-Length': '100' }],
    ['of large known length', { 'Content-Length': '100000' }],
    ['in chunks', {}],
    ['that is an event stream', { 'Content-Type': 'text/event-stream' }],
  ])('B18: a response %s that stops is broken off', async (_what, headers) => {
    const [front, a] = await stage(kind, ['A max_fails=0'], { readTimeoutMs: TIMEOUT_MS });
    a.behave(answersInPart(headers));
    const answer = await front.get();
    expect(answer).toMatchObject({ status: 200, isComplete: false });
    expect(answer.body.toString()).toBe('a part');
  });

  test.each([100, 100_000])(
    'B18: a response of %i bytes that stops after its headers is broken off',
    async (length) => {
      const [front, a] = await stage(kind, ['A max_fails=0'], { readTimeoutMs: TIMEOUT_MS });
      a.behave((_request, response) => response.writeHead(200, { 'Content-Length': length }).flushHeaders());
      // The worker sends the headers of a short one with its body, so nothing at all may arrive.
      const isComplete = front.get().then(
        (answer) => answer.isComplete,
        () => false,
      );
      expect(await isComplete).toBe(false);
    },
  );

  test('B18: a response that comes piece by piece in time is complete', async () => {
    const [front, a] = await stage(kind, ['A'], { readTimeoutMs: LONG_MS });
    a.behave(sendsInPieces);
    const answer = await front.get();
    expect(answer).toMatchObject({ status: 200, isComplete: true });
    expect(answer.body).toHaveLength(PIECES);
  });

  test('B18: one that stops to read a request fails', async () => {
    const limits = { CLIENT_BODY_MAX_BYTES: 'off', CLIENT_BODY_TIMEOUT_MS: `${NEVER_MS}` };
    const [front, a] = await stage(kind, ['A'], { readTimeoutMs: TIMEOUT_MS, limits });
    a.behave((request) => void request.pause());
    const headers = { 'Content-Length': `${LARGE_BYTES}` };
    const asked = openRequest(front.url, { method: 'PUT', headers }).end(Buffer.alloc(LARGE_BYTES));
    expect(await responseTo(asked)).toMatchObject({ statusCode: 504 });
  });

  // R14: the worker does not see whether the WebSocket is in use.
  test(`B18: a WebSocket without messages is ${kind === 'nginx' ? 'closed' : 'left open'}`, async () => {
    const [front] = await stage(kind, ['A'], { readTimeoutMs: TIMEOUT_MS });
    const socket = new WebSocket(front.url.replace('http', 'ws'));
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    const closed = once(socket, 'close').then(() => 'closed');
    const end = await Promise.race([closed, delay(3 * TIMEOUT_MS)]);
    expect(end).toBe(kind === 'nginx' ? 'closed' : undefined);
  });
});
