import { describe, expect, test } from 'vitest';
import { parseDatagram } from './parse-datagram.ts';

const NGINX = {
  clientIp: '203.0.113.7',
  path: '/cart/1',
  status: 200,
  affinity: 'hit',
  peer: '10.0.0.5:5000',
  headerSeconds: '0.012',
};
const EDGE = { level: 'info', clientIp: '203.0.113.7', path: '/cart/1', status: 200, durationMs: 12, msg: 'request' };
const REQUEST = {
  client: '203.0.113.7',
  path: '/cart/1',
  status: 200,
  affinity: 'hit',
  durationMs: 12,
  answeredBy: '10.0.0.5:5000',
  count: 1,
};

const frame = (line: object | string) => {
  const text = typeof line === 'string' ? line : JSON.stringify(line);
  return Buffer.from(`<190>Nov 26 10:14:35 mooring: ${text}`);
};

describe('a line of Nginx', () => {
  test.each([
    ['a request that a replica answered', {}, {}, []],
    ['a client of IPv6 counts by its network', { clientIp: '2001:db8::1:2' }, { client: '2001:db8::/64' }, []],
    [
      'a replica that could not be reached before one that answered',
      { peer: '10.0.0.4:5000, 10.0.0.5:5000', headerSeconds: '-, 0.012', affinity: 'moved' },
      { affinity: 'moved' },
      [{ address: '10.0.0.4:5000', wasAnswered: false, count: 1 }],
    ],
    [
      'a 503 before the answer, and a restart without a replica between them',
      { peer: '10.0.0.4:5000 : origin : 10.0.0.5:5000', headerSeconds: '0.001 : - : 0.012' },
      {},
      [{ address: '10.0.0.4:5000', wasAnswered: true, count: 1 }],
    ],
    [
      'no replica answered',
      { peer: '10.0.0.4:5000, [fd00::5]:80', headerSeconds: '-, -', status: 502, affinity: '' },
      { status: 502, affinity: undefined, durationMs: 0, answeredBy: undefined },
      [
        { address: '10.0.0.4:5000', wasAnswered: false, count: 1 },
        { address: '[fd00::5]:80', wasAnswered: false, count: 1 },
      ],
    ],
    [
      'there was no replica',
      { peer: 'origin', headerSeconds: '-', status: 502, affinity: '' },
      { status: 502, affinity: undefined, durationMs: 0, answeredBy: undefined },
      [],
    ],
    [
      'Nginx answered by itself',
      { peer: '', headerSeconds: '', status: 429, affinity: '' },
      { status: 429, affinity: undefined, durationMs: 0, answeredBy: undefined },
      [],
    ],
    [
      'the client disconnected before an answer, which is not the fault of the replica',
      { headerSeconds: '-', status: 499, affinity: '' },
      { status: 499, affinity: undefined, durationMs: 0, answeredBy: undefined },
      [],
    ],
    ['a verdict that the app made up', { affinity: '<script>' }, { affinity: undefined }, []],
  ])('%s', (_what, fields, request, failedTries) => {
    expect(parseDatagram(frame({ ...NGINX, ...fields }))).toEqual({
      sender: 'nginx',
      request: { ...REQUEST, ...request },
      failedTries,
    });
  });
});

describe('a line of the edge', () => {
  test.each([
    [
      'a request that the last of the peers answered',
      { affinity: 'hit', peer: '10.0.0.4:5000, 10.0.0.5:5000', answeredBy: '10.0.0.5:5000' },
      {},
    ],
    [
      'lines that were left out are counted',
      { affinity: 'hit', answeredBy: '10.0.0.5:5000', notLogged: 4 },
      { count: 5 },
    ],
    ['at most a thousand', { affinity: 'hit', answeredBy: '10.0.0.5:5000', notLogged: 1e9 }, { count: 1001 }],
    [
      'no peer answered',
      { status: 502, peer: '10.0.0.5:5000' },
      { status: 502, affinity: undefined, answeredBy: undefined },
    ],
    ['the edge took over', { affinity: 'takeover', visit: 7 }, { affinity: undefined, answeredBy: undefined }],
  ])('%s', (_what, fields, request) => {
    expect(parseDatagram(frame({ ...EDGE, ...fields }))).toEqual({
      sender: 'edge',
      request: { ...REQUEST, ...request },
      failedTries: [],
    });
  });

  test.each([
    ['failed: no answer in time', undefined, { wasAnswered: false, count: 1 }],
    ['answered 503', undefined, { wasAnswered: true, count: 1 }],
    ['answered 503', 41, { wasAnswered: true, count: 42 }],
  ])('a failed try: %s, %s lines left out', (reason, notLogged, failedTry) => {
    const line = { level: 'error', peer: '10.0.0.5:5000', reason, notLogged, msg: 'upstream failed' };
    expect(parseDatagram(frame(line))).toEqual({
      sender: 'edge',
      failedTries: [{ address: '10.0.0.5:5000', ...failedTry }],
    });
  });
});

test.each([
  ['with the host of RFC 3164', `<190>Nov 26 10:14:35 some-host mooring: ${JSON.stringify(NGINX)}`],
  ['without time and host', `<190>mooring: ${JSON.stringify(NGINX)}`],
  ['with a line end', `<190>mooring: ${JSON.stringify(NGINX)}\n`],
])('a frame %s', (_what, text) => {
  expect(parseDatagram(Buffer.from(text))?.request).toEqual(REQUEST);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['no frame', Buffer.from(JSON.stringify(NGINX))],
  ['a truncated line', frame(JSON.stringify(NGINX).slice(0, -9))],
  ['a truncated line that ends with a brace', frame('{"clientIp":"a}')],
  ['binary data', Buffer.from(Array.from({ length: 2000 }, (_, index) => (index * 7) % 256))],
  ['no object', frame('[1]')],
  ['another type', frame({ ...NGINX, path: { toString: 1 } })],
  ['a negative status', frame({ ...NGINX, status: -1 })],
  ['a status that is infinite', frame(JSON.stringify(NGINX).replace('200', '1e999'))],
  ['another line of the edge', frame({ level: 'info', peers: [], msg: 'peers changed' })],
  ['a negative number of lines', frame({ ...EDGE, notLogged: -5 })],
])('%s is ignored', (_what, datagram) => {
  expect(parseDatagram(datagram)).toBeUndefined();
});

test.each(['replica', '10.0.0.5', 'http://10.0.0.5:5000', '10.0.0.5:5000<b>', '__proto__'])(
  'no replica is at %s',
  (peer) => {
    expect(parseDatagram(frame({ ...NGINX, peer }))?.request?.answeredBy).toBeUndefined();
  },
);
