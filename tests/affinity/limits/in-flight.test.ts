import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fronts } from '../../../testkit/fronts/fronts.ts';
import { answers, holds } from '../../../testkit/replicas/behaviours.ts';
import type { StubReplica } from '../../../testkit/replicas/stub.ts';
import { type AskableFront, createStage } from '../fixture.ts';

const [FIRST, SECOND, THIRD] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];

interface Sent {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
}

const EVENT_STREAM = { Accept: 'text/event-stream' };
const REQUEST: Sent = {};
const UPLOAD: Sent = { method: 'PUT', body: 'x' };
const STREAM: Sent = { headers: EVENT_STREAM };

/** Each kind, what one client may have of it, and all clients together. */
const KINDS = [
  { kind: 'a request', sent: REQUEST, perClient: 2, total: 3, others: [UPLOAD, STREAM] },
  { kind: 'a HEAD', sent: { method: 'HEAD' }, perClient: 2, total: 3, others: [UPLOAD, STREAM] },
  { kind: 'a POST without a body', sent: { method: 'POST' }, perClient: 2, total: 3, others: [UPLOAD, STREAM] },
  { kind: 'an upload', sent: UPLOAD, perClient: 1, total: 2, others: [REQUEST, STREAM] },
  {
    kind: 'an upload that asks for an event stream',
    sent: { ...UPLOAD, headers: EVENT_STREAM },
    perClient: 1,
    total: 2,
    others: [REQUEST, STREAM],
  },
  { kind: 'an event stream', sent: STREAM, perClient: 1, total: 2, others: [REQUEST, UPLOAD] },
];

describe.each(fronts)('requests in flight at %s', (front) => {
  let staged: [AskableFront, StubReplica];

  beforeAll(async () => {
    const limits = {
      CLIENT_REQUEST_LIMIT: '2',
      CLIENT_UPLOAD_LIMIT: '1',
      CLIENT_STREAM_LIMIT: '1',
      REQUEST_LIMIT: '3',
      UPLOAD_LIMIT: '2',
      STREAM_LIMIT: '2',
    };
    staged = await createStage(front, ['A max_fails=0'], { limits });
  });
  afterAll(() => staged[0].close());

  /** Returns the status that a client with this address receives, and its `Retry-After`. */
  function ask(localAddress: string, { method = 'GET', body = '', headers = {} }: Sent): Promise<string> {
    return new Promise((resolve, reject) => {
      const length = body === '' ? {} : { 'Content-Length': `${body.length}` };
      const sent = request(staged[0].url, { method, localAddress, agent: false, headers: { ...headers, ...length } });
      sent.on('response', (response) => {
        response.resume();
        const retryAfter = response.headers['retry-after'];
        resolve(`${response.statusCode}${retryAfter === undefined ? '' : `, again after ${retryAfter} s`}`);
      });
      sent.on('error', reject).end(body);
    });
  }

  test.each(KINDS)('B20: $kind counts with its kind alone, for one client and for all', async (row) => {
    const { sent, perClient, total, others } = row;
    const [, replica] = staged;
    const { behaviour, release } = holds();
    onTestFinished(release);
    const before = replica.requests.length;
    const held: Promise<string>[] = [];
    const hold = async (address: string, count: number) => {
      for (let nth = 0; nth < count; nth++) held.push(ask(address, sent));
      await expect.poll(() => replica.requests.length - before).toBe(held.length);
    };
    replica.behave(behaviour);
    await hold(FIRST, perClient);
    expect(await ask(FIRST, sent)).toBe('429, again after 1 s');
    await hold(SECOND, total - perClient);
    expect(await ask(THIRD, sent)).toBe('503, again after 1 s');
    replica.behave(answers(200));
    for (const other of others) expect(await ask(FIRST, other)).toBe('200');
    release();
    expect(new Set(await Promise.all(held))).toEqual(new Set(['200']));
    await expect.poll(() => ask(FIRST, sent)).toBe('200');
  });
});
