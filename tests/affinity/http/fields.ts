import { type HttpCase, request } from './http-case.ts';

const lines = (...fields: string[]) => `GET / HTTP/1.1\n${fields.join('\n')}`;

const UNCHANGED = [
  ...[
    'Accept: a/b, */*;q=0.1',
    'Accept-Encoding: br;q=1, zstd',
    'Accept-Encoding: identity',
    'Accept-Encoding: gzip',
    'Accept-Language: de, en;q=0.5',
  ],
  ...[
    'Authorization: Basic eDp5',
    'Proxy-Authorization: Basic eDp5',
    'Cache-Control: no-cache',
    'Content-Type: a/b; c=d',
    'DNT: 1',
  ],
  ...[
    'If-None-Match: "a", W/"b"',
    'If-Match: *',
    'If-Range: "a"',
    'If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT',
    'Range: bytes=0-1, 3-',
  ],
  ...[
    'Origin: null',
    'Pragma: no-cache',
    'Prefer: x',
    'Priority: u=1',
    'Referer: http://a.test/b?c',
    'User-Agent: a (b; c) d/1.2',
  ],
  ...[
    'Via: 1.1 a',
    'Max-Forwards: 5',
    'From: a@b.test',
    'Date: Sun, 06 Nov 1994 08:49:37 GMT',
    'Sec-Fetch-Mode: navigate',
    'X-Requested-With: a',
  ],
  ...[
    'X-Empty: ',
    'X-Comma: a,b , c',
    'X-Quoted: "a\\"b", c',
    'X-Colon: a:b: c',
    'X-Equals: a=b; c="d"',
    'X-Inner: a  b\tc',
    'X-Json: {"a":[1]}',
  ],
  ...[
    'X-Latin: caf\u00e9',
    'X-Utf8: \u00e2\u0082\u00ac',
    'X-High: \u0080\u00ff',
    'X-Percent: %00%0a',
    'X-Long: '.padEnd(8000, 'x'),
    'X: 1',
    '0: 1',
  ],
  ...[
    'X-A-Very-Long-Name-'.padEnd(60, 'n').concat(': a'),
    'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'Content-Language: de',
  ],
  ...[
    'Content-Encoding: gzip',
    'Content-Location: /a',
    'Link: </a>; rel=b',
    'Forwarded: for=1.2.3.4',
    'Upgrade-Insecure-Requests: 1',
    'Sec-CH-UA: "A";v="1"',
  ],
];

/** Nginx trims spaces, but no tabs, in front of and behind a value. */
const TRIMMED = {
  'X-A:b': 'X-A: b',
  'X-A:   b': 'X-A: b',
  'X-A: b   ': 'X-A: b',
  'X-A:': 'X-A: ',
  'X-A:    ': 'X-A: ',
};

/** Names that Nginx does not forward, because programs confuse them with others. */
const DROPPED = [
  'X_Real_IP',
  'X_Forwarded_For',
  'X.Forwarded.For',
  'X!A',
  'X~A',
  'X|A',
  "X'A",
  'X*A',
  '_',
  'Content_Length',
];

/** Nginx drops these lines; the runtime rejects the request. */
const NO_TOKEN = [
  'X(A: b',
  'X)A: b',
  'X/A: b',
  'X[A: b',
  'X{A: b',
  'X"A: b',
  'X,A: b',
  'X@A: b',
  'X;A: b',
  'X=A: b',
  'X\u00e9: b',
];

const MALFORMED = ['X-A : b', ' X-A: b', '\tX-A: b', 'X-A: b\r\n c', 'X-A: b\u0000c', 'X-A: b\rc', 'X A: b', ': b'];

/** Singleton fields (RFC 9110 section 5.3): a request that has two of one is rejected. */
const SINGLETONS = [
  ...[
    'Authorization',
    'Proxy-Authorization',
    'If-None-Match',
    'If-Match',
    'If-Modified-Since',
    'If-Unmodified-Since',
    'If-Range',
  ],
  ...['Content-Range', 'Expect'],
];

const LISTS = [
  ...[
    'Accept',
    'Accept-Language',
    'Accept-Encoding',
    'Cache-Control',
    'Via',
    'Link',
    'Content-Language',
    'Content-Encoding',
  ],
  ...['Referer', 'User-Agent', 'Content-Type', 'Range', 'Date', 'Origin', 'From', 'Max-Forwards', 'Content-Location'],
];

/** Fields of one connection only (RFC 9110 section 7.6.1). */
const NOT_FORWARDED = ['Keep-Alive: timeout=5', 'TE: trailers'];

/** The balancer sets these, whatever the client sends. */
const OWN = {
  'X-Real-IP': '127.0.0.1',
  'X-Forwarded-For': '127.0.0.1',
  'X-Forwarded-Proto': 'http',
  'X-Forwarded-Host': 'h.test',
};

/** The fields of a request reach the replica unchanged. */
export const fieldCases: HttpCase[] = [
  ...UNCHANGED.map((line) => ({
    name: `the line ${JSON.stringify(line.slice(0, 60))}`,
    sends: request('GET /', line),
    seen: lines(line),
    gets: '200',
    ...(line.endsWith(': ') && {
      differs: { worker: { because: 'R5' as const, seen: lines(line.trimEnd()) } },
    }),
  })),
  ...Object.entries(TRIMMED).map(([line, trimmed]) => ({
    name: `the line ${JSON.stringify(line)} is trimmed`,
    sends: request('GET /', line),
    seen: lines(trimmed),
    gets: '200',
    ...(trimmed.endsWith(': ') && {
      differs: { worker: { because: 'R5' as const, seen: lines(trimmed.trimEnd()) } },
    }),
  })),
  ...DROPPED.map((name) => ({
    name: `${name} is not forwarded`,
    sends: request('GET /', `${name}: a`, 'X-Kept: b'),
    seen: lines(`-${name}`, 'X-Kept: b'),
    gets: '200',
  })),
  ...NO_TOKEN.map((line) => ({
    name: `a name that is no token: ${JSON.stringify(line)}`,
    sends: request('GET /', line, 'X-Kept: c'),
    seen: lines(`-${line.split(':')[0]}`, 'X-Kept: c'),
    gets: '200',
    differs: { worker: { because: 'R2' as const, seen: null, gets: '400' } },
  })),
  ...MALFORMED.map((line) => ({
    name: `the malformed line ${JSON.stringify(line)}`,
    sends: request('GET /', line),
    seen: null,
    gets: '400',
  })),
  {
    name: 'a line without a colon',
    sends: request('GET /', 'X-A'),
    seen: null,
    gets: '400',
    differs: { nginx: { because: 'X3' as const, seen: lines('X-A: '), gets: '200' } },
  },
  ...SINGLETONS.map((name) => ({
    name: `two lines of ${name}`,
    sends: request('GET /', `${name}: a`, `${name}: b`),
    seen: null,
    gets: '400',
    differs: {
      worker: { because: 'R4' as const, seen: lines(name === 'Expect' ? '-Expect' : `${name}: a, b`), gets: '200' },
    },
  })),
  ...LISTS.map((name) => ({
    name: `two lines of ${name}`,
    sends: request('GET /', `${name}: a`, `${name}: b`),
    seen: lines(`${name}: a`, `${name}: b`),
    gets: '200',
    differs: { worker: { because: 'R4' as const, seen: lines(`${name}: a, b`) } },
  })),
  ...['X-Own', 'Depth', 'Destination', 'traceparent', 'Sec-Fetch-Site'].map((name) => ({
    name: `three lines of ${name} with others between, in their order`,
    sends: request('GET /', `${name}: a`, 'X-B: 1', `${name}: c`, 'X-B: 2', `${name}: b`),
    seen: lines(`${name}: a`, `${name}: c`, `${name}: b`, 'X-B: 1', 'X-B: 2'),
    gets: '200',
  })),
  ...NOT_FORWARDED.map((line) => ({
    name: `${line} is not forwarded`,
    sends: request('GET /', line),
    seen: lines(`-${line.split(':')[0]}`),
    gets: '200',
  })),
  ...Object.entries(OWN).map(([name, value]) => ({
    name: `the client's ${name} is replaced`,
    sends: request('GET /', `${name}: forged`, `${name}: forged`),
    seen: lines(`${name}: ${value}`),
    gets: '200',
  })),
  {
    name: 'no Accept-Encoding where the client sends none',
    sends: request('GET /'),
    seen: lines('-Accept-Encoding'),
    gets: '200',
  },
].map((row) => ({ ...row, name: `B4: ${row.name}` }));
