import type { Random } from '../../../testkit/random.ts';
import { FORGED_ID, FORGED_IP, type Surroundings } from '../../input.ts';
import type { HeaderList } from '../hpack.ts';
import { type Conversation, get, request, SMUGGLED } from './conversation.ts';

const ODD_HEADERS: HeaderList = [
  ['Accept', 'text/html'],
  ['connection', 'close'],
  ['connection', 'x-request-id, x-real-ip'],
  ['transfer-encoding', 'chunked'],
  ['upgrade', 'h2c'],
  ['te', 'gzip'],
  ['keep-alive', '1'],
  ['proxy-connection', 'close'],
  ['host', 'other.test'],
  ['host', ''],
  ['cookie', 'srv_id=a'],
  ['cookie', 'srv_id='],
  ['x-request-id', FORGED_ID],
  ['x-real-ip', FORGED_IP],
  ['x-forwarded-for', FORGED_IP],
  [':path', '/showcount'],
  [':status', '200'],
  [':protocol', 'websocket'],
  ['', 'x'],
  ['a b', 'x'],
  ['x\r\ny', 'z'],
  ['x', `a\r\n\r\n${SMUGGLED}`],
  ['x', 'a\nb'],
  ['x', 'a\0b'],
  ['x', ' \t '],
  ['x', '\u00ff\u0080'],
  ['content-length', '5'],
  ['content-length', '-1'],
  ['content-length', '0'],
  ['expect', '100-continue'],
  ['range', 'bytes=0-0,1-1'],
];

/**
 * Generates headers that HTTP/2 forbids or that HTTP/1.1 would read differently, and missing or duplicate pseudo
 * headers.
 */
export function headers(random: Random, { canary, sids }: Surroundings): Conversation {
  const odd = Array.from({ length: random.int(1, 4) }, () => random.pick(ODD_HEADERS));
  const list = request([...odd, ['cookie', `srv_id=${random.pick(sids)}`]], {
    path: random.pick([
      '/',
      '/',
      '/showcount',
      '',
      'x',
      '*',
      '//',
      `http://${canary}/`,
      '/ HTTP/1.1\r\nX: y',
      '/\0',
      '/%00',
      '/\u00ff',
    ]),
    method: random.pick([
      'GET',
      'GET',
      'GET',
      'HEAD',
      'POST',
      'CONNECT',
      'TRACE',
      'get',
      '',
      'G T',
      'GET / HTTP/1.1\r\nX: y\r\n\r\nGET',
    ]),
  });
  const changed = random.pick([
    () => list,
    () => list.filter(() => random.chance(0.85)),
    () => [...list, ...list],
    () => list.toReversed(),
    () => list.map(([name, value]): [string, string] => (name === ':authority' ? [name, canary] : [name, value])),
    () => [...list, ['x-large', 'l'.repeat(random.pick([4000, 9000, 16_000]))] as [string, string]],
  ])();
  return { parts: [get(1, changed), get(3)], requests: 2 };
}
