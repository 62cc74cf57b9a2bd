import { once } from 'node:events';
import { createServer } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Surroundings } from '../input.ts';
import { bytesOf } from '../input.ts';
import { isHttp2, parseHttp2 } from './answers.ts';
import { FLAGS, frame, GREETING, TYPES } from './frames.ts';
import { generateHttp2 } from './generate.ts';
import { decodeHeaders, encodeHeaders, FIRST_DYNAMIC, integer, literal } from './hpack.ts';
import { decodeHuffman } from './huffman.ts';

const SURROUNDINGS: Surroundings = { canary: '127.0.0.1:9', sids: ['a', 'b'], webSocketSid: 'b' };
const REQUEST: [string, string][] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'mooring.test'],
];

describe('header compression', () => {
  // From RFC 7541 appendix C.
  test.each([
    ['f1e3c2e5f23a6ba0ab90f4ff', 'www.example.com'],
    ['a8eb10649cbf', 'no-cache'],
    ['25a849e95ba97d7f', 'custom-key'],
    ['d07abe941054d444a8200595040b8166e082a62d1bff', 'Mon, 21 Oct 2013 20:13:21 GMT'],
  ])('decodes %s', (hex, text) => {
    expect(decodeHuffman(Buffer.from(hex, 'hex'))).toBe(text);
  });

  test.each([10, 127, 128, 1337, 2 ** 30])('an integer of %i is read as it was written', (value) => {
    expect(decodeHeaders(Buffer.concat([integer(value, 5, 0x20), literal('a', 'b')]))).toEqual([['a', 'b']]);
  });

  test('headers are read as they were written, and from the static table', () => {
    const headers: [string, string][] = [...REQUEST, ['x-long', 'l'.repeat(300)]];
    expect(decodeHeaders(encodeHeaders(headers))).toEqual(headers);
    expect(decodeHeaders(Buffer.of(0x88, 0x8d))).toEqual([
      [':status', '200'],
      [':status', '404'],
    ]);
    expect(FIRST_DYNAMIC).toBe(62);
  });

  test.each([
    ['an index of nothing', integer(FIRST_DYNAMIC, 7, 0x80)],
    ['a text that ends too early', Buffer.of(0x00, 0x05, 0x61)],
  ])('rejects %s', (_what, block) => {
    expect(() => decodeHeaders(block)).toThrow();
  });
});

describe('answers', () => {
  const get = (stream: number) =>
    frame(TYPES.headers, FLAGS.endHeaders | FLAGS.endStream, stream, encodeHeaders(REQUEST));
  const SETTINGS = frame(TYPES.settings, 0, 0, Buffer.alloc(0));
  const ok = (stream: number, flags: number) => frame(TYPES.headers, FLAGS.endHeaders | flags, stream, Buffer.of(0x88));

  test("a real server's are read, in the order of their streams", async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.stream.id === 1 ? 404 : 200, { 'x-request-id': `request ${request.stream.id}` });
      setTimeout(() => response.end('body'), request.stream.id === 1 ? 20 : 0);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
      server.close();
    });
    // Tells the server to use no dynamic table.
    socket.write(
      Buffer.concat([GREETING, frame(TYPES.settings, 0, 0, Buffer.from('000100000000', 'hex')), get(1), get(3)]),
    );
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk]);
      if (parseHttp2(received).answers.length === 2) break;
    }
    expect(isHttp2(received)).toBe(true);
    const { answers, problem } = parseHttp2(received);
    expect(problem).toBeUndefined();
    expect(answers.map(({ status, headers }) => [status, headers.get('x-request-id')])).toEqual([
      [404, 'request 1'],
      [200, 'request 3'],
    ]);
  });

  test.each([
    ['an answer whose body has not ended', ok(1, 0), { isPartial: true, answers: [] }],
    ['a frame that has not ended', ok(1, FLAGS.endStream).subarray(0, 9), { isPartial: true }],
    [
      'an answer that the end of the connection cuts off',
      Buffer.concat([ok(1, 0), frame(TYPES.goaway, 0, 0, Buffer.alloc(8))]),
      { isPartial: false, answers: [] },
    ],
    ['a stream that is reset', frame(TYPES.rstStream, 0, 1, Buffer.alloc(4)), { isPartial: false, answers: [] }],
    [
      'a body without headers',
      frame(TYPES.data, 0, 1, Buffer.of(1)),
      { problem: 'stream 1 has a body and no headers' },
    ],
  ])('%s is reported', (_what, bytes, parsed) => {
    expect(parseHttp2(Buffer.concat([SETTINGS, bytes]))).toMatchObject(parsed);
  });
});

test('the same seed makes the same inputs, of every kind', () => {
  const inputs = (seed: number) => Array.from({ length: 300 }, (_, index) => generateHttp2(seed, index, SURROUNDINGS));
  const bytes = (seed: number) => Buffer.concat(inputs(seed).map(bytesOf));
  expect(bytes(1).equals(bytes(1))).toBe(true);
  expect(bytes(2).equals(bytes(1))).toBe(false);
  const kinds = ['innocent', 'headers', 'bodies', 'order', 'floods', 'tables', 'noise'];
  expect(new Set(inputs(1).map(({ kind }) => kind))).toEqual(new Set(kinds.map((kind) => `http2 ${kind}`)));
});
