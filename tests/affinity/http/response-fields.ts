import { answer, type HttpCase, request } from './http-case.ts';

const UNCHANGED = [
  ...[
    'Age: 5',
    'Allow: GET',
    'Alt-Svc: h2=":1"',
    'Accept-Ranges: bytes',
    'Cache-Control: no-store, a="b"',
    'Content-Language: de',
  ],
  ...[
    'Content-Disposition: attachment; filename="\u00e2\u0082\u00ac"',
    'Content-Location: /a',
    'Content-Range: bytes 0-1/2',
    'ETag: "a"',
    'ETag: W/"a"',
  ],
  ...[
    'Expires: 0',
    'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT',
    'Link: </a>; rel=b',
    'Location: /a',
    'Location: http://x.test/a',
  ],
  ...[
    'Location: http://origin/a',
    'Location: //x.test',
    'Location: ',
    'Location: ?a#b',
    'Refresh: 0; url=http://origin/',
    'Retry-After: 5',
  ],
  ...[
    'Set-Cookie: a=1; Path=/; HttpOnly',
    'Set-Cookie: a="b, c"',
    'Set-Cookie: l=caf\u00e9',
    'Set-Cookie: a=1; Domain=origin; Path=/origin',
  ],
  ...[
    'Strict-Transport-Security: max-age=1',
    'Vary: Cookie',
    'Via: 1.1 a',
    'WWW-Authenticate: Basic realm="a, b"',
    'Content-Type: a/b; charset=c',
  ],
  ...[
    'X-Latin: caf\u00e9',
    'X-Utf8: \u00e2\u0082\u00ac',
    'X_Under: a',
    'X.Dot: a',
    'X-Empty: ',
    'X-Quoted: "a\\"b"',
    'Status: 404',
    'P3P: a',
    'X: 1',
  ],
  ...[
    'Content-Security-Policy: default-src *',
    'Access-Control-Allow-Origin: *',
    'Server-Timing: a;dur=1',
    'traceparent: 00-a-b-01',
    'NEL: {"a":1}',
  ],
];

const HIDDEN = [
  'X-Accel-Redirect: /x',
  'X-Accel-Redirect: @named',
  'X-Accel-Expires: 5',
  'X-Accel-Limit-Rate: 1',
  'X-Accel-Charset: a',
  'X-Pad: a',
  'X-Accel-Buffering: no',
  'Keep-Alive: timeout=5',
];

const TWICE = ['X-Own', 'Set-Cookie', 'Sec-Own', 'P3P', 'NEL'];
const JOINED = [
  'Link',
  'Vary',
  'WWW-Authenticate',
  'Cache-Control',
  'Via',
  'Allow',
  'Content-Language',
  'Proxy-Authenticate',
];

const MALFORMED = ['X-A: a\r\n b', 'X-A : a', ' X-A: a', ': a', 'X-A: a\u0000b', 'X-A: a\rb'];

/** The fields of a response reach the client unchanged. */
export const responseFieldCases: HttpCase[] = [
  ...UNCHANGED.map((line) => ({
    name: `the line ${JSON.stringify(line)}`,
    answers: answer('200 OK', [line]),
    gets: `200\n${line}\n\nok`,
    ...(line === 'Location: ' && { differs: { worker: { because: 'R5' as const, gets: '200\n-Location\n\nok' } } }),
  })),
  ...HIDDEN.map((line) => ({
    name: `${line} is for Nginx or for one connection`,
    answers: answer('200 OK', [line]),
    gets: `200\n-${line.split(':')[0]}\n\nok`,
  })),
  ...TWICE.map((name) => ({
    name: `two lines of ${name}`,
    answers: answer('200 OK', [`${name}: b=1`, `${name}: a=2`]),
    gets: `200\n${name}: b=1\n${name}: a=2\n\nok`,
  })),
  ...JOINED.map((name) => ({
    name: `two lines of ${name}`,
    answers: answer('200 OK', [`${name}: b`, `${name}: a`]),
    gets: `200\n${name}: b\n${name}: a\n\nok`,
    differs: { worker: { because: 'R4' as const, gets: `200\n${name}: b, a\n\nok` } },
  })),
  ...MALFORMED.map((line) => ({
    name: `the malformed line ${JSON.stringify(line)}`,
    answers: { ...answer('200 OK', [line]), closes: true },
    gets: '502',
  })),
  ...[3000, 5000, 10_000, 15_000].map((length) => ({
    name: `a line of ${length} bytes`,
    answers: answer('200 OK', [`X-Long: ${'x'.repeat(length)}`]),
    gets: `200\nX-Long: ${'x'.repeat(length)}\n\nok`,
  })),
  {
    name: 'the line Server',
    answers: answer('200 OK', ['Server: replica']),
    gets: '200\nServer: replica\n\nok',
    differs: { nginx: { because: 'X5' as const, gets: '200\nServer: nginx\n\nok' } },
  },
  {
    name: '100 lines',
    answers: answer(
      '200 OK',
      Array.from({ length: 100 }, (_, nth) => `X-${nth}: ${nth}`),
    ),
    gets: `200\n${Array.from({ length: 100 }, (_, nth) => `X-${nth}: ${nth}`).join('\n')}\n\nok`,
  },
].map((row) => ({ sends: request('GET /'), ...row, name: `B9: ${row.name}` }));
