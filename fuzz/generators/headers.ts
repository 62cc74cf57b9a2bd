import type { Random } from '../../testkit/random.ts';
import { type Input, requestText, sends } from '../input.ts';

const NAMES = [
  ...['Accept', 'Accept-Encoding', 'Accept-Language', 'Authorization', 'Connection', 'Content-Type', 'Date', 'Expect'],
  ...['Forwarded', 'From', 'If-None-Match', 'If-Modified-Since', 'If-Range', 'Keep-Alive', 'Max-Forwards', 'Origin'],
  ...['Pragma', 'Proxy', 'Proxy-Connection', 'Purpose', 'Range', 'Referer', 'Sec-Fetch-Site', 'Sec-Purpose', 'TE'],
  ...['Trailer', 'Upgrade', 'User-Agent', 'Via', 'X-Accel-Redirect', 'X-HTTP-Method-Override', 'X-Moz', '__proto__'],
  ...['constructor', 'CF-Connecting-IP', 'MF-Original-URL', 'MF-Custom-Service', 'CF-Worker', 'X-Original-URL'],
];
const VALUES = [
  ...['', ' ', '*/*', 'text/html', 'application/json', 'text/html;q=0', ';;;,,,', 'a/b;q=9e999', 'a/b;q=NaN', '/'],
  ...['close', 'keep-alive', 'close, keep-alive, upgrade', 'Cookie', 'X-Real-IP, X-Request-ID', 'Host', 'upgrade'],
  ...['100-continue', '101-dalmatians', 'bytes=0-', 'bytes=-1', 'bytes=9-1,0-0,0-0', 'h2c', 'websocket', 'prefetch'],
  ...['"', "'", '\\', '{"a":1}', '</script><script>', '{jndi:ldap://x}', "' OR 1=1--", '%0d%0aX: y', '../..'],
  ...['\u0000', '\u0007', '\u001b[31m', '\u007f', '\u0080\u009b31m', '\u00ff\u00fe', '\u00c3\u0028', 'caf\u00e9'],
  ...['a\tb', '\u000bx', 'a\rb', 'a\nb', 'a\r\n b', 'a\r\n\tb', 'Basic Og==', 'Bearer ', 'Basic \u00ff', 'null'],
];

/** Generates headers with any name and value: many, huge, folded, without a colon, with spaces where none may be. */
export function headers(random: Random): Input {
  const path = random.chance(0.8) ? '/' : random.pick(['/showcount', '/dashboard', '/assets/mooring.css', '/let-go']);
  const lines = random.pick([few, few, few, many, huge, twice, badHost])(random);
  return { kind: 'headers', steps: [sends(requestText({ line: `GET ${path} HTTP/1.1`, headers: lines }))] };
}

function few(random: Random): string[] {
  return Array.from({ length: random.int(1, 5) }, () => oddLine(random));
}

function oddLine(random: Random): string {
  const name = random.chance(0.8) ? random.pick(NAMES) : random.text(random.int(0, 12));
  const value = random.chance(0.8) ? random.pick(VALUES) : random.bytes(random.int(0, 60)).toString('latin1');
  const colon = random.pick([': ', ': ', ': ', ': ', ':', ' : ', '', ' ', ':\t', '::', ': \r\n ']);
  return (random.chance(0.03) ? random.pick([' ', '\t', '\0', ':']) : '') + name + colon + value;
}

function many(random: Random): string[] {
  const count = random.pick([90, 101, 500, 1001, 2001, 4000]);
  return Array.from({ length: count }, (_, index) => `X-${index}: ${index}`);
}

/** Sizes around the limits of the fronts and of the origin. */
function huge(random: Random): string[] {
  const length = random.pick([4_000, 8_190, 16_385, 32_000, 65_000, 65_536, 66_000, 120_000, 131_072, 140_000]);
  const count = random.pick([1, 1, 2, 3]);
  return Array.from({ length: count }, (_, index) => `X-Huge-${index}: ${'h'.repeat(length)}`);
}

function twice(random: Random): string[] {
  const line = oddLine(random);
  return Array.from({ length: random.int(2, 6) }, () => line);
}

function badHost(random: Random): string[] {
  const hosts = [
    '',
    ' ',
    'a b',
    'a,b',
    '[::1',
    '[::1]:x',
    'a:99999',
    '/',
    'a/b',
    'a@b',
    '<x>',
    '\u00ff',
    'a\tb',
    '%00',
  ];
  return random.pick([
    [`Host: ${random.pick(hosts)}`],
    ['Host: a', 'Host: b'],
    ['Host: a', 'host: a'],
    [`Host: ${'a'.repeat(300)}`],
    ['Host : a'],
    ['Host: a\u0000b'],
  ]);
}
