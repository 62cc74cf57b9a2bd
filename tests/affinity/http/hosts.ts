import { type HttpCase, message } from './http-case.ts';

/** Hosts of RFC 3986 section 3.2.2, with and without a port. */
const ACCEPTED = [
  ...[
    'h.test',
    'H.TEST',
    'h.test.',
    'h',
    'a_b',
    '-a',
    'a-',
    '.a',
    '*',
    'a,b',
    '%41',
    "!$&'()*+,;=~",
    '1.2.3.4',
    '127.1',
  ],
  ...['h.test:', 'h.test:0', 'h.test:80', 'h.test:080', 'H.test:81', 'h.test:65535', 'h.test.:80', '1.2.3.4:5'],
  ...['[::1]', '[::1]:80', '[::1]:', '[2001:DB8::1]', '[::ffff:1.2.3.4]', '[a]', '[]'],
];

const MALFORMED = [
  ...[
    '',
    '.',
    '..',
    'a..b',
    '..a',
    'a b',
    'a\tb',
    'a/b',
    'a?b',
    'a#b',
    'a\\b',
    'user@h',
    'u:p@h',
    'a"b',
    '<a>',
    'a\u007f',
  ],
  ...[
    'h:65536',
    'h:99999',
    'h:x',
    'h:-1',
    'h:80:81',
    'h:1.2',
    ':80',
    '::1',
    '[::1',
    '[::1]x',
    '[::1].',
    '[a/b]',
    'x[::1]',
  ],
  ...['caf\u00e9', '\u009b31m', 'a\u0000b', 'a^b', 'a`b', 'a|b', '{a}'],
];

const get = (...fields: string[]) => message('GET /a HTTP/1.1', ...fields);
/** `fetch` writes the peer's own address into `Host`. `X-Forwarded-Host` has what the client sent. */
const AT_EDGE = { because: 'R3' as const, seen: 'GET /a HTTP/1.1' };

/** A request names one host, which reaches the replica. */
export const hostCases: HttpCase[] = [
  ...ACCEPTED.map((host) => ({
    name: `the host ${host}`,
    sends: get(`Host: ${host}`),
    seen: `GET /a HTTP/1.1\nHost: ${host}\nX-Forwarded-Host: ${host}`,
    gets: '200',
    differs: { worker: { ...AT_EDGE, seen: `GET /a HTTP/1.1\nX-Forwarded-Host: ${host}` } },
  })),
  ...MALFORMED.map((host) => ({
    name: `the malformed host ${JSON.stringify(host)}`,
    sends: get(`Host: ${host}`),
    seen: null,
    gets: '400',
  })),
  { name: 'no host', sends: get('X: y'), seen: null, gets: '400' },
  { name: 'two hosts', sends: get('Host: a', 'Host: b'), seen: null, gets: '400' },
  { name: 'the same host twice', sends: get('Host: a', 'Host: a'), seen: null, gets: '400' },
  { name: 'a host with a space before its colon', sends: get('Host : a'), seen: null, gets: '400' },
  ...['x.test', 'x.test:81', 'X.test', '[::1]:81'].map((host) => ({
    name: `the host ${host} of the target replaces the header`,
    sends: message(`GET http://${host}/a HTTP/1.1`, 'Host: h.test'),
    seen: `GET /a HTTP/1.1\nHost: ${host}`,
    gets: '200',
    differs: { worker: AT_EDGE },
  })),
].map((row) => ({ ...row, name: `B3: ${row.name}` }));
