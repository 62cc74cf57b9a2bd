import { gzipSync } from 'node:zlib';
import type { RawAnswer } from '../../../testkit/replicas/raw.ts';
import { answer, type HttpCase, message, request } from './http-case.ts';

const CODINGS = [
  'gzip',
  'br',
  'zstd',
  'deflate',
  'compress',
  'x-gzip',
  'dcb',
  'foo',
  'GZIP',
  'gzip, foo',
  'br, gzip',
  'identity',
];
const GZIPPED = gzipSync('the same again and again, '.repeat(100)).toString('latin1');
/** Bytes that are in no coding: what decodes them would fail. */
const BYTES = '\u0000\u001f\u008b\u00ff';

const get = request('GET /', 'Accept-Encoding: gzip, br, zstd');
const coded = (coding: string) => [`Content-Encoding: ${coding}`, 'ETag: "strong"'];
const chunked = (fields: string[], body: string): RawAnswer => ({
  bytes: `${message('HTTP/1.1 200 OK', ...fields, 'Transfer-Encoding: chunked')}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
});

/** The body of a response reaches the client as it is, in the coding that the replica chose. */
export const bodyCases: HttpCase[] = [
  ...CODINGS.flatMap((coding) => [
    {
      name: `a body in ${coding}`,
      answers: answer('200 OK', coded(coding), BYTES),
      gets: `200\nContent-Encoding: ${coding}\nETag: "strong"\nContent-Length: 4\n\n${BYTES}`,
    },
    {
      name: `a body in ${coding}, for a client that did not ask for it`,
      sends: request('GET /'),
      answers: answer('200 OK', coded(coding), BYTES),
      gets: `200\nContent-Encoding: ${coding}\nETag: "strong"\nContent-Length: 4\n\n${BYTES}`,
    },
    {
      name: `a part of a body in ${coding}`,
      answers: answer('206 Partial Content', [...coded(coding), 'Content-Range: bytes 0-3/9'], BYTES),
      gets: `206\nContent-Encoding: ${coding}\nContent-Range: bytes 0-3/9\nContent-Length: 4\n\n${BYTES}`,
    },
    {
      name: `chunks in ${coding}`,
      answers: chunked(coded(coding), BYTES),
      gets: `200\nContent-Encoding: ${coding}\nETag: "strong"\nTransfer-Encoding: chunked\n\n4\r\n${BYTES}\r\n0\r\n\r\n`,
    },
    {
      name: `a body in ${coding} that ends with its connection`,
      answers: { bytes: message('HTTP/1.1 200 OK', ...coded(coding)) + BYTES, closes: true },
      gets: `200\nContent-Encoding: ${coding}\nTransfer-Encoding: chunked\n\n4\r\n${BYTES}\r\n0\r\n\r\n`,
    },
    {
      name: `the answer to a HEAD in ${coding}`,
      sends: request('HEAD /'),
      answers: { bytes: message('HTTP/1.1 200 OK', ...coded(coding), 'Content-Length: 9') },
      gets: `200\nContent-Encoding: ${coding}\nETag: "strong"\nContent-Length: 9\n\n`,
    },
    {
      name: `a 304 for a body in ${coding}`,
      answers: { bytes: message('HTTP/1.1 304 Not Modified', ...coded(coding)) },
      gets: `304\nContent-Encoding: ${coding}\nETag: "strong"\n\n`,
    },
  ]),
  {
    name: 'a valid body in gzip',
    answers: answer('200 OK', coded('gzip'), GZIPPED),
    gets: `200\nContent-Encoding: gzip\nContent-Length: ${GZIPPED.length}\n\n${GZIPPED}`,
  },
  {
    name: 'an answer with Content-Encoding of nothing',
    answers: answer('200 OK', ['Content-Encoding: ']),
    gets: '200\nContent-Encoding: \nContent-Length: 2\n\nok',
    differs: { worker: { because: 'R5' as const, gets: '200\n-Content-Encoding\nContent-Length: 2\n\nok' } },
  },
  {
    name: 'a part of a body',
    answers: answer('206 Partial Content', ['Content-Range: bytes 0-1/9']),
    gets: '206\nContent-Range: bytes 0-1/9\nContent-Length: 2\n\nok',
  },
  {
    name: 'all bytes',
    answers: answer('200 OK', [], String.fromCharCode(...Array(256).keys())),
    gets: `200\nContent-Length: 256\n\n${String.fromCharCode(...Array(256).keys())}`,
  },
  ...[1, 100, 16_384, 16_385, 70_000].map((length) => ({
    name: `a body of ${length} bytes`,
    answers: answer('200 OK', [], 'x'.repeat(length)),
    gets: `200\nContent-Length: ${length}\n\n${'x'.repeat(length)}`,
  })),
  { name: 'an empty body', answers: answer('200 OK', [], ''), gets: '200\nContent-Length: 0\n\n' },
  {
    name: 'an empty body in chunks',
    answers: { bytes: `${message('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}0\r\n\r\n` },
    gets: '200\n\n0\r\n\r\n',
  },
  {
    name: 'a HEAD without a length',
    sends: request('HEAD /'),
    answers: { bytes: message('HTTP/1.1 200 OK') },
    gets: '200\n-Content-Length\n\n',
  },
  {
    name: 'a HEAD with a length',
    sends: request('HEAD /'),
    answers: { bytes: message('HTTP/1.1 200 OK', 'Content-Length: 7') },
    gets: '200\nContent-Length: 7\n\n',
  },
  {
    name: 'a long text',
    answers: answer('200 OK', ['Content-Type: text/plain', 'ETag: "strong"'], 'x'.repeat(2000)),
    gets: `200\nETag: "strong"\nContent-Length: 2000\n-Content-Encoding\n\n${'x'.repeat(2000)}`,
    differs: {
      nginx: { because: 'X4' as const, gets: '200\nETag: W/"strong"\n-Content-Length\nContent-Encoding: gzip' },
    },
  },
  {
    name: 'a 204',
    answers: { bytes: message('HTTP/1.1 204 No Content', 'X-A: b') },
    gets: '204\nX-A: b\n-Transfer-Encoding\n\n',
  },
  {
    name: 'a 304 with a length',
    answers: { bytes: message('HTTP/1.1 304 Not Modified', 'ETag: "a"', 'Content-Length: 9') },
    gets: '304\nETag: "a"\nContent-Length: 9\n\n',
    differs: { worker: { because: 'R9' as const, gets: '304\nETag: "a"\n-Content-Length\n\n' } },
  },
].map((row) => ({ sends: get, ...row, name: `B7: ${row.name}` }));
