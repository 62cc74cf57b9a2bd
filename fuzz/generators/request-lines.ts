import type { Random } from '../../testkit/random.ts';
import { type Input, requestText, type Surroundings, sends } from '../input.ts';

const METHODS = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'LOCK', 'PROPFIND', 'TRACE', 'CONNECT'],
  ...['get', 'GETS', 'G\0ET', 'G ET', '', '\t', 'PRI', 'M-SEARCH', '__proto__', 'GET\u00a0', 'HEAD\r', '\u00ff'],
];
const VERSIONS = [
  ...['HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/3', 'HTTP/1.2', 'HTTP/1.10', 'HTTP/11', 'HTTP/01.1'],
  ...['http/1.1', 'HTTP /1.1', 'HTTP/1.1 ', 'HTTP/1.1 x', 'HTTP/9999999999999.1', 'HTTQ/1.1', 'ICY/1.0', ''],
];
const SPACES = [' ', ' ', ' ', ' ', '  ', '\t', '', '\u000b', '\u00a0', ' \t '];
const LINE_ENDS = ['\r\n', '\r\n', '\r\n', '\n', '\r', '\n\r', '\r\r\n'];

/** Generates request lines that no client sends, and bytes that look like another protocol. */
export function requestLine(random: Random, { canary }: Surroundings): Input {
  if (random.chance(0.1)) return { kind: 'request-line', steps: [sends(anotherProtocol(random))] };
  const targets = ['/', '/', '/nothing', '*', '', `http://${canary}/`, canary, '//', '\\', '/\u0000', '?', '#', '/ /'];
  const line = [
    random.chance(0.1) ? '\r\n'.repeat(random.int(1, 40)) : '',
    random.chance(0.5) ? 'GET' : random.pick(METHODS),
    random.pick(SPACES),
    random.pick(targets),
    random.pick(SPACES),
    random.chance(0.5) ? 'HTTP/1.1' : random.pick(VERSIONS),
  ].join('');
  return { kind: 'request-line', steps: [sends(requestText({ line, lineEnd: random.pick(LINE_ENDS) }))] };
}

function anotherProtocol(random: Random): Buffer | string {
  return random.pick([
    () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0',
    () => `\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003${random.text(40)}`,
    () => 'PROXY TCP4 6.6.6.6 7.7.7.7 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
    () => '*1\r\n$4\r\nPING\r\n',
    () => 'EHLO mooring.test\r\n',
    () => 'GET /\r\n',
    () => random.bytes(random.int(1, 300)),
    () => 'A'.repeat(random.int(1, 100_000)),
    () => '',
  ])();
}
