import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { openRaw } from '../../testkit/http/raw.ts';
import { createRecordingReplica, type RecordingReplica } from '../../testkit/replicas/recording.ts';
import { type AskableFront, createFrontBefore } from './fixture.ts';

// A chunked body that is malformed or has no last chunk is incomplete, and so is its request (RFC 9112 sections 7.1 and
// 8).

const CHUNKED = 'Transfer-Encoding: chunked';
const ENDS = true;

const INCOMPLETE: [string, string, boolean][] = [
  ['breaks off before its first chunk', '', ENDS],
  ['breaks off after a whole chunk', '9\r\nDELETE * \r\n', ENDS],
  ['breaks off in a chunk', '20\r\nhello', ENDS],
  ['breaks off in the size of a chunk', '5\r\nhello\r\n1', ENDS],
  ['breaks off before the end of its last chunk', '5\r\nhello\r\n0\r\n', ENDS],
  ['has a malformed size', '5\r\nhello\r\nzz\r\nxxx\r\n0\r\n\r\n', !ENDS],
  ['starts with a malformed size', 'zz\r\nhello\r\n0\r\n\r\n', !ENDS],
  ['has a negative size', '5\r\nhello\r\n-1\r\nxxx\r\n0\r\n\r\n', !ENDS],
  ['has a size of 72 bits', '5\r\nhello\r\nffffffffffffffffff\r\nxxx\r\n0\r\n\r\n', !ENDS],
  ['has a chunk longer than its size', '5\r\nhelloXX\r\n0\r\n\r\n', !ENDS],
];

const chunk = (length: number) => `${length.toString(16)}\r\n${'x'.repeat(length)}\r\n`;

const METHODS = ['POST', 'PUT', 'GET'];
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX-Replica: A\r\n\r\nA';

let paths = 0;
/** A path that no other request has, so that the request can be found among all that the replica received. */
const newPath = () => `/upload-${++paths}.`;

describe.each(fronts)('the body of a request to %s', (kind) => {
  let replica: RecordingReplica;
  let front: AskableFront;

  beforeAll(async () => {
    replica = await createRecordingReplica('A');
    const limits = { CLIENT_BODY_MAX_BYTES: '3000000' };
    front = await createFrontBefore([replica], kind, ['A max_fails=0'], { limits });
  });
  afterAll(async () => {
    await front.close();
    replica.close();
  });

  /** Sends a complete request afterwards: what was sent before has reached the replica by then, or never will. */
  async function askForNext(): Promise<void> {
    const path = newPath();
    replica.respond(OK);
    expect(await front.ask({ path })).toBe('200 from A, cookie of A');
    replica.respond('');
    expect(replica.received()).toContain(path);
  }

  test.each(METHODS.flatMap((method) => INCOMPLETE.map(([what, body, ends]) => ({ method, what, body, ends }))))(
    'a chunked one of a $method that $what reaches no replica',
    async ({ method, body, ends }) => {
      const path = newPath();
      const { socket, closed } = await openRaw(front.url);
      socket.write(`${method} ${path} HTTP/1.1\r\nHost: mooring.test\r\n${CHUNKED}\r\n\r\n${body}`);
      if (ends) socket.end();
      expect(await closed).toMatch(/^(HTTP\/1\.1 400 |$)/);
      await askForNext();
      expect(replica.received()).not.toContain(path);
    },
  );

  test.each([1000, 200_000])('a body of %i bytes that breaks off never looks complete to a replica', async (length) => {
    const path = newPath();
    const { socket, closed } = await openRaw(front.url);
    const head = `POST ${path} HTTP/1.1\r\nHost: mooring.test\r\nContent-Length: ${length}\r\n\r\n`;
    socket.end(head + 'x'.repeat(length - 1));
    await closed;
    await askForNext();
    const [, received = ''] = replica.received().split(path);
    expect(received.match(/x+/)?.[0].length ?? 0).toBeLessThan(length);
  });

  test.each([
    ['in one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello'],
    ['in many chunks', `${'1\r\nx\r\n'.repeat(1000)}0\r\n\r\n`, 'x'.repeat(1000)],
    ['without a byte', '0\r\n\r\n', ''],
    ['with an extension and a trailer', '5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n', 'hello'],
    ['of 900 kB', `${(900_000).toString(16)}\r\n${'x'.repeat(900_000)}\r\n0\r\n\r\n`, 'x'.repeat(900_000)],
  ])('a chunked body %s reaches the replica in full', async (_how, body, content) => {
    const path = newPath();
    const { socket } = await openRaw(front.url);
    socket.write(`POST ${path} HTTP/1.1\r\nHost: mooring.test\r\n${CHUNKED}\r\n\r\n${body}`);
    const received = () => replica.received().split(path)[1] ?? '';
    await expect.poll(() => received().split('\r\n\r\n')[1], { timeout: 20_000 }).toBe(content);
    expect(received()).toContain(`ontent-Length: ${content.length}\r\n`);
  });

  test.each([
    ['breaks off after a whole chunk', chunk(2_000_000), ENDS, /^(HTTP\/1\.1 400 |$)/],
    ['breaks off in a chunk', chunk(2_000_000).slice(0, -1000), ENDS, /^(HTTP\/1\.1 400 |$)/],
    ['continues with a malformed size', `${chunk(2_000_000)}zz\r\nxxx\r\n0\r\n\r\n`, !ENDS, /^HTTP\/1\.1 400 /],
    ['is too large', chunk(4_000_000), !ENDS, /^HTTP\/1\.1 413 /],
  ])('a chunked body of megabytes that %s never looks complete to a replica', async (_what, body, ends, answer) => {
    const path = newPath();
    const { socket, closed } = await openRaw(front.url);
    socket.write(`PUT ${path} HTTP/1.1\r\nHost: mooring.test\r\n${CHUNKED}\r\n\r\n${body}`);
    if (ends) socket.end();
    expect(await closed).toMatch(answer);
    await askForNext();
    const [, received = ''] = replica.received().split(path);
    expect(received).not.toMatch(/content-length: [^0]/i);
    expect(received).not.toContain('\r\n0\r\n\r\n');
  });
});
