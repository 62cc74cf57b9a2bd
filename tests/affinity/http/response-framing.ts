import type { RawAnswer } from '../../../testkit/replicas/raw.ts';
import { answer, type HttpCase, message, request } from './http-case.ts';

const CHUNKED = 'Transfer-Encoding: chunked';
const OK_CHUNKS = '2\r\nok\r\n0\r\n\r\n';

/** Bytes after which the replica ends the connection. */
const thenEnd = (bytes: string): RawAnswer => ({ bytes, closes: true });
const withFields = (fields: string[], body: string) => thenEnd(message('HTTP/1.1 200 OK', ...fields) + body);
const withChunks = (body: string) => withFields([CHUNKED], body);

const REASONS = [
  '200 OK',
  '200 ',
  '201 Created',
  '203 a b c',
  '226 IM Used',
  '299 Odd',
  '302 Found',
  '401 No',
  '404 Not Here',
];
const MORE = ['407 Proxy', '418 A Teapot Of Its Own', '421 Wrong', '451 U', '500 Broken', '504 Slow', '511 N', '599 X'];

/** What Nginx forwards, and the runtime takes for no response. */
const ONLY_NGINX = ['600 X', '700 X', '999 X', '200 a\tb'];
/** What Nginx sends on as it is, or as a body without a head; neither is HTTP. */
const NO_RESPONSE = ['99 X', '2000 X', '20 X', 'abc X', '200OK'];

/** A response whose end is in doubt is a failed try; one that breaks off is seen to break off. */
export const responseFramingCases: HttpCase[] = [
  ...[...REASONS, ...MORE].map((status) => ({
    name: `the status ${status}`,
    answers: answer(status),
    gets: `HTTP/1.1 ${status}\nContent-Length: 2\n\nok`,
  })),
  ...ONLY_NGINX.map((status) => ({
    name: `the status ${JSON.stringify(status)}`,
    answers: answer(status),
    gets: `HTTP/1.1 ${status}\nContent-Length: 2\n\nok`,
    differs: { worker: { because: 'R10' as const, gets: '502' } },
  })),
  ...NO_RESPONSE.map((status) => ({
    name: `the malformed status ${JSON.stringify(status)}`,
    answers: { ...answer(status), closes: true },
    gets: '502',
    differs: { nginx: { because: 'X1' as const, gets: `HTTP/1.1 ${status}` } },
  })),
  ...['HTTP/1.0', 'HTTP/1.1'].map((version) => ({
    name: `an answer in ${version}`,
    answers: thenEnd(`${message(`${version} 200 OK`, 'Content-Length: 2')}ok`),
    gets: 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
  })),
  ...['2', '2 ', '02', '  2'].map((length) => ({
    name: `the length ${JSON.stringify(length)}`,
    answers: withFields([`Content-Length: ${length}`], 'ok'),
    gets: '200\nContent-Length: 2\n\nok',
  })),
  ...['-1', '+2', '0x2', '2.0', 'abc', '', '2, 2', '2 2', '2;', '99999999999999999999'].map((length) => ({
    name: `the malformed length ${JSON.stringify(length)}`,
    answers: withFields([`Content-Length: ${length}`], 'ok'),
    gets: '502',
  })),
  ...[
    ['two equal lengths', ['Content-Length: 2', 'Content-Length: 2']],
    ['two different lengths', ['Content-Length: 2', 'Content-Length: 3']],
    ['a length and chunks', ['Content-Length: 2', CHUNKED]],
    ['chunks and a length', [CHUNKED, 'Content-Length: 2']],
    ['two codings in one line', ['Transfer-Encoding: gzip, chunked']],
    ['chunked twice', [CHUNKED, CHUNKED]],
    ['identity', ['Transfer-Encoding: identity']],
    ['an unknown coding', ['Transfer-Encoding: foo']],
  ].map(([what, fields]) => ({
    name: `${what}`,
    answers: withFields(fields as string[], OK_CHUNKS),
    gets: '502',
  })),
  ...['chunked', 'Chunked', 'CHUNKED'].map((coding) => ({
    name: `the coding ${coding}`,
    answers: withFields([`Transfer-Encoding: ${coding}`], OK_CHUNKS),
    gets: `200\nTransfer-Encoding: chunked\n\n${OK_CHUNKS}`,
  })),
  ...[
    '2;a=b\r\nok\r\n0\r\n\r\n',
    '02\r\nok\r\n0\r\n\r\n',
    '2\r\nok\r\n0;x\r\n\r\n',
    '2\r\nok\r\n0\r\nX-T: 1\r\n\r\n',
    '2 \r\nok\r\n0\r\n\r\n',
  ].map((body) => ({
    name: `the chunks ${JSON.stringify(body)}`,
    answers: withChunks(body),
    gets: `200\nTransfer-Encoding: chunked\n\n${OK_CHUNKS}`,
  })),
  ...['2\r\nok\r\n', '2\r\nok', '9\r\nok', '2\r\nok\r\n0\r\n', '2\r\nok\r\nzz\r\n'].map((body) => ({
    name: `the incomplete chunks ${JSON.stringify(body)}`,
    answers: withChunks(body),
    gets: null,
  })),
  { name: 'a body shorter than its length', answers: withFields(['Content-Length: 9'], 'ok'), gets: null },
  {
    name: 'a body longer than its length is cut',
    answers: withFields(['Content-Length: 2'], 'okXX'),
    gets: '200\nContent-Length: 2\n\nok',
  },
  { name: 'a body that ends with its connection', answers: withFields([], 'ok'), gets: `200\n\n${OK_CHUNKS}` },
  { name: 'an empty body that ends with its connection', answers: withFields([], ''), gets: '200\n\n0\r\n\r\n' },
  { name: 'nothing', answers: thenEnd(''), gets: '502' },
  { name: 'half of a status line', answers: thenEnd('HTTP/1.1 20'), gets: '502' },
  { name: 'half of a head', answers: thenEnd('HTTP/1.1 200 OK\r\nX-A: b'), gets: '502' },
  { name: 'a head without its last line', answers: thenEnd('HTTP/1.1 200 OK\r\nX-A: b\r\n'), gets: '502' },
  {
    name: 'a head whose lines end with LF',
    answers: { bytes: 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok' },
    gets: '200\nContent-Length: 2\n\nok',
  },
].map((row) => ({ sends: request('GET /'), ...row, name: `B8: ${row.name}` }));
