import { answer, type HttpCase, message, request } from './http-case.ts';

const FORWARDED = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
];
const ALSO = [
  'LOCK',
  'UNLOCK',
  'REPORT',
  'SEARCH',
  'PURGE',
  'ACL',
  'QUERY',
  'MERGE',
  'MKACTIVITY',
  'CHECKOUT',
  'SUBSCRIBE',
  'NOTIFY',
];
/** The runtime knows a fixed set of methods. */
const UNKNOWN_TO_RUNTIME = ['FOO', 'LINK', 'BREW', 'G_T', 'X'.repeat(40)];
const MALFORMED = ['GE@T', 'G"T', '(GET)', 'GET,'];

const ALLOW = '405\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

const get = (version: string, ...fields: string[]) => message(`GET / ${version}`, 'Host: h.test', ...fields);
const CHUNKED = { bytes: `${message('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}2\r\nok\r\n0\r\n\r\n` };

/** Methods pass; an HTTP/1.0 client receives a response that it can read. */
export const versionCases: HttpCase[] = [
  ...[...FORWARDED, ...ALSO].map((method) => ({
    name: `the method ${method}`,
    sends: request(`${method} /`),
    seen: `${method} / HTTP/1.1`,
    gets: '200',
  })),
  ...UNKNOWN_TO_RUNTIME.map((method) => ({
    name: `the method ${method}`,
    sends: request(`${method} /`),
    seen: `${method} / HTTP/1.1`,
    gets: '200',
    differs: { worker: { because: 'R6' as const, seen: null, gets: '501' } },
  })),
  ...MALFORMED.map((method) => ({
    name: `the malformed method ${method}`,
    sends: request(`${method} /`),
    seen: null,
    gets: '400',
  })),
  {
    name: 'a method in lower case',
    sends: request('get /'),
    seen: null,
    gets: '400',
    differs: { worker: { because: 'R6' as const, gets: '501' } },
  },
  {
    name: 'TRACE is rejected, and the response says what is allowed',
    sends: request('TRACE /'),
    seen: null,
    gets: ALLOW,
  },
  {
    name: 'CONNECT is rejected, and the response says what is allowed',
    sends: request('CONNECT h.test:80'),
    seen: null,
    gets: ALLOW,
    differs: { worker: { because: 'R6' as const, gets: '500' } },
  },
  { name: 'HTTP/1.0', sends: get('HTTP/1.0'), seen: 'GET / HTTP/1.1', gets: '200\n-Transfer-Encoding\n\nok' },
  {
    name: 'HTTP/1.0 that keeps its connection',
    sends: get('HTTP/1.0', 'Connection: keep-alive'),
    seen: 'GET / HTTP/1.1',
    gets: '200\nContent-Length: 2\n\nok',
  },
  ...[[], ['Connection: keep-alive'], ['Connection: close']].map((fields) => ({
    name: `HTTP/1.0 is answered without chunks: ${fields}`,
    sends: get('HTTP/1.0', ...fields),
    answers: CHUNKED,
    gets: '200\n-Transfer-Encoding\n\nok',
  })),
  {
    name: 'HTTP/1.0 without a host',
    sends: message('GET / HTTP/1.0'),
    seen: 'GET / HTTP/1.1\nHost: localhost',
    gets: '200',
    differs: { worker: { because: 'R2' as const, seen: null, gets: '400' } },
  },
  ...['HTTP/1.2', 'HTTP/1.9', 'HTTP/1.10', 'HTTP/1.1 '].map((version) => ({
    name: `the version ${JSON.stringify(version)}`,
    sends: get(version),
    seen: 'GET / HTTP/1.1',
    gets: '200',
    differs: { worker: { because: 'R2' as const, seen: null, gets: '400' } },
  })),
  ...['HTTP/2.0', 'HTTP/3.0'].map((version) => ({
    name: `the version ${version}`,
    sends: get(version),
    seen: null,
    gets: '505',
    differs: { worker: { because: 'R2' as const, gets: '400' } },
  })),
  ...['HTTP/0.9', 'HTTP/1', 'HTTP/', 'http/1.1', 'HTTP/01.1', 'HTTP/x', 'HTP/1.1', 'HTTP 1.1'].map((version) => ({
    name: `the malformed version ${version}`,
    sends: get(version),
    seen: null,
    gets: '400',
  })),
  {
    name: 'lines that end with LF alone',
    sends: 'GET /a HTTP/1.1\nHost: h.test\n\n',
    seen: 'GET /a HTTP/1.1',
    gets: '200',
  },
  { name: 'an empty line in front', sends: `\r\n${request('GET /a')}`, seen: 'GET /a HTTP/1.1', gets: '200' },
  {
    name: 'two spaces in front of the target',
    sends: message('GET  /a HTTP/1.1', 'Host: h.test'),
    seen: 'GET /a HTTP/1.1',
    gets: '200',
    differs: { worker: { because: 'R2' as const, seen: null, gets: '400' } },
  },
  { name: 'a tab for a space', sends: message('GET\t/ HTTP/1.1', 'Host: h.test'), seen: null, gets: '400' },
  {
    name: 'a request byte by byte',
    sends: [...request('GET /a', 'X-A: b')],
    seen: 'GET /a HTTP/1.1\nX-A: b',
    gets: '200',
  },
  {
    name: 'a request cut within its line ends',
    sends: ['GET /a HTTP/1.1\r', '\nHost: h.test\r', '\n\r', '\n'],
    seen: 'GET /a HTTP/1.1',
    gets: '200',
  },
  {
    name: 'the response to HTTP/1.0 keeps its length',
    sends: get('HTTP/1.0'),
    answers: answer('200 OK', [], 'twelve bytes'),
    gets: '200\nContent-Length: 12\n\ntwelve bytes',
  },
].map((row) => ({ ...row, name: `B6: ${row.name}` }));
