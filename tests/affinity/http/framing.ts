import { type HttpCase, message, request } from './http-case.ts';

const CHUNKED = 'Transfer-Encoding: chunked';
const HELLO = '5\r\nhello\r\n0\r\n\r\n';
const ARRIVES = { seen: 'POST / HTTP/1.1\nContent-Length: 5\n-Transfer-Encoding\n\nhello', gets: '200' };
/** The runtime reads the chunks and drops the length, as RFC 9112 section 6.3 allows. */
const CHUNKS_COUNT = { worker: { because: 'R11' as const, ...ARRIVES } };
const MALFORMED = { seen: null, gets: '400' };
const NOT_IMPLEMENTED = { seen: null, gets: '501' };

/** A request with these fields about its length, and this body. */
const post = (fields: string[], body: string) => request('POST /', ...fields) + body;

const lengths: HttpCase[] = [
  ...['5', '5 ', '05', ' 5', '  5  '].map((value) => ({ value, ...ARRIVES })),
  ...['+5', '-5', '0x5', '5.0', '', 'a', '5;', '5 5', '5, 5', '5,', '5e0', '99999999999999999999'].map((value) => ({
    value,
    ...MALFORMED,
  })),
].map(({ value, ...outcome }) => ({
  name: `B1: Content-Length: ${JSON.stringify(value)}`,
  sends: post([`Content-Length: ${value}`], 'hello'),
  ...outcome,
}));

/** Codings in one line, with what Nginx answers, and what the runtime does before the worker sees the request. */
const codings: HttpCase[] = [
  ...['chunked', 'Chunked', 'CHUNKED', ' chunked '].map((value) => ({ value, ...ARRIVES })),
  ...['gzip, chunked', 'chunked, chunked', ',chunked'].map((value) => ({ value, ...NOT_IMPLEMENTED })),
  ...['gzip', 'chunked, gzip', 'identity', 'xchunked', 'chunked;q=1', '"chunked"', 'chunked,', '', '\u000bchunked'].map(
    (value) => ({ value, ...NOT_IMPLEMENTED, differs: { worker: { because: 'R2' as const, gets: '400' } } }),
  ),
].map(({ value, ...outcome }) => ({
  name: `B1: Transfer-Encoding: ${JSON.stringify(value)}`,
  sends: post([`Transfer-Encoding: ${value}`], HELLO),
  ...outcome,
}));

const combinations: HttpCase[] = [
  {
    name: 'a length, then chunked',
    sends: post(['Content-Length: 5', CHUNKED], HELLO),
    ...MALFORMED,
    differs: CHUNKS_COUNT,
  },
  {
    name: 'chunked, then a length',
    sends: post([CHUNKED, 'Content-Length: 5'], HELLO),
    ...MALFORMED,
    differs: CHUNKS_COUNT,
  },
  {
    name: 'a length of 0, and chunked',
    sends: post(['Content-Length: 0', CHUNKED], HELLO),
    ...MALFORMED,
    differs: CHUNKS_COUNT,
  },
  {
    name: 'two different lengths',
    sends: post(['Content-Length: 5', 'Content-Length: 6'], 'hello!'),
    ...MALFORMED,
  },
  {
    name: 'two equal lengths',
    sends: post(['Content-Length: 5', 'Content-Length: 5'], 'hello'),
    ...MALFORMED,
    differs: { worker: { because: 'R4' as const, ...ARRIVES } },
  },
  {
    name: 'chunked in two lines',
    sends: post([CHUNKED, CHUNKED], HELLO),
    ...MALFORMED,
    differs: { worker: { because: 'R4' as const, gets: '501' } },
  },
  {
    name: 'chunked in a second line',
    sends: post(['Transfer-Encoding: identity', CHUNKED], HELLO),
    ...MALFORMED,
    differs: { worker: { because: 'R4' as const, gets: '501' } },
  },
  { name: 'a coding with a space before its colon', sends: post(['Transfer-Encoding : chunked'], HELLO), ...MALFORMED },
  {
    name: 'a coding whose name has an underscore does not count',
    sends: post(['Transfer_Encoding: chunked', 'Content-Length: 5'], 'hello'),
    ...ARRIVES,
  },
  { name: 'chunked in HTTP/1.0', sends: message('POST / HTTP/1.0', 'Host: h.test', CHUNKED) + HELLO, ...MALFORMED },
  {
    name: 'a length in HTTP/1.0',
    sends: `${message('POST / HTTP/1.0', 'Host: h.test', 'Content-Length: 5')}hello`,
    ...ARRIVES,
  },
  { name: 'a body in two pieces', sends: [request('POST /', 'Content-Length: 5'), 'he', 'llo'], ...ARRIVES },
  {
    name: 'chunks in pieces',
    sends: [request('POST /', CHUNKED), '5', '\r', '\nhel', 'lo\r', '\n0\r\n', '\r\n'],
    ...ARRIVES,
  },
  ...['GET', 'HEAD'].map(
    (method): HttpCase => ({
      name: `a ${method} with a length`,
      sends: `${request(`${method} /`, 'Content-Length: 5')}hello`,
      seen: `${method} / HTTP/1.1\nContent-Length: 5\n\nhello`,
      gets: '200',
      differs: { worker: { because: 'R8' as const, seen: `${method} / HTTP/1.1\n-Content-Length\n\n` } },
    }),
  ),
  ...['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY'].flatMap((method) => [
    {
      name: `a ${method} with a length`,
      sends: `${request(`${method} /`, 'Content-Length: 5')}hello`,
      seen: `${method} / HTTP/1.1\nContent-Length: 5\n\nhello`,
      gets: '200',
    },
    {
      name: `a ${method} in chunks`,
      sends: request(`${method} /`, CHUNKED) + HELLO,
      seen: `${method} / HTTP/1.1\nContent-Length: 5\n\nhello`,
      gets: '200',
    },
  ]),
].map((row) => ({ ...row, name: `B1: ${row.name}` }));

const chunks: HttpCase[] = [
  ...[
    HELLO,
    '05\r\nhello\r\n0\r\n\r\n',
    '00000000000000000005\r\nhello\r\n0\r\n\r\n',
    '5 \r\nhello\r\n0\r\n\r\n',
    '5;\r\nhello\r\n0\r\n\r\n',
    '5;a\r\nhello\r\n0\r\n\r\n',
    '5;a="b;c"\r\nhello\r\n0\r\n\r\n',
    '5\t;a\r\nhello\r\n0\r\n\r\n',
    '5\r\nhello\r\n00\r\n\r\n',
    '5\r\nhello\r\n0;x\r\n\r\n',
    '5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n',
    '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
    '1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\n',
  ].map((body) => ({ body, ...ARRIVES })),
  ...[
    '5\nhello\n0\n\n',
    '5\r\nhello\n0\r\n\r\n',
    ' 5\r\nhello\r\n0\r\n\r\n',
    '\r\n5\r\nhello\r\n0\r\n\r\n',
    '0x5\r\nhello\r\n0\r\n\r\n',
    '+5\r\nhello\r\n0\r\n\r\n',
    '5\r\nhello0\r\n\r\n',
    '5\r\nhello\r\n\r\n0\r\n\r\n',
    '5\r\r\nhello\r\n0\r\n\r\n',
    '5\rX hello\r\n0\r\n\r\n',
    '4\r\nhello\r\n0\r\n\r\n',
    'fffffffffffffffff\r\n',
    ';a\r\nhello\r\n0\r\n\r\n',
    'g\r\nhello\r\n0\r\n\r\n',
  ].map((body) => ({ body, ...MALFORMED })),
].map(({ body, ...outcome }) => ({
  name: `B1: the chunks ${JSON.stringify(body)}`,
  sends: post([CHUNKED], body),
  ...outcome,
}));

/** The end of a request's body is beyond doubt, or the request reaches no replica. */
export const framingCases: HttpCase[] = [...lengths, ...codings, ...combinations, ...chunks];
