import { describe, expect, test } from 'vitest';
import { someClient } from '../../testkit/http/client-info.ts';
import { proxyRequestHeaders, stripHopByHopHeaders } from './proxy-headers.ts';

const client = someClient({ scheme: 'https', hosts: ['mooring.test'], requestId: 'id' });
const stamped = {
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-host': 'mooring.test',
  'x-forwarded-proto': 'https',
  'x-real-ip': '203.0.113.7',
  'x-request-id': 'id',
};

const WEBSOCKET = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' };

const seenByPeer = (headers: Record<string, string>, method = 'GET') =>
  Object.fromEntries(proxyRequestHeaders(new Request('http://a.test/', { method, headers }), client));

describe('a forwarded request', () => {
  test('keeps its headers, except those that the balancer sets', () => {
    expect(seenByPeer({ Cookie: 'a=1', 'X-Real-IP': '6.6.6.6', 'X-Request-ID': 'mine' })).toEqual({
      ...stamped,
      cookie: 'a=1',
    });
  });

  test('loses hop-by-hop headers, and names that programs confuse with others', () => {
    const headers = { Connection: 'close', TE: 'trailers', Upgrade: 'h2c', Expect: '100-continue' };
    expect(seenByPeer({ ...headers, X_Real_IP: '6.6.6.6', 'X.Real.IP': '6.6.6.6' })).toEqual(stamped);
    expect(seenByPeer({ Upgrade: 'websocket' }, 'POST')).toEqual(stamped);
  });

  test('marks the client as unverified only when it is, whatever the client sends', () => {
    const note = (isVerified: boolean) => {
      const request = new Request('http://a.test/', { headers: { 'X-Mooring-Client': 'something' } });
      return proxyRequestHeaders(request, { ...client, isVerified }).get('X-Mooring-Client');
    };
    expect([note(true), note(false)]).toEqual([null, 'unverified']);
  });

  test.each([
    [[], null],
    [['mooring.test', 'proxy'], 'mooring.test, proxy'],
  ])('says for which hosts it is: %j', (hosts, forwarded) => {
    const headers = proxyRequestHeaders(new Request('http://a.test/'), { ...client, hosts });
    expect(headers.get('X-Forwarded-Host')).toBe(forwarded);
  });

  test('keeps its handshake', () => {
    const handshake = { connection: 'Upgrade', upgrade: 'WebSocket', ...WEBSOCKET };
    expect(seenByPeer(handshake)).toEqual({ ...stamped, ...handshake });
  });

  test.each([
    ['has no key', { 'sec-websocket-key': '' }],
    ['has a key of another length', { 'sec-websocket-key': 'dGhlIHNhbXBsZQ==' }],
    ['is of another version', { 'sec-websocket-version': '8' }],
  ])('is an ordinary one when its handshake %s', (_what, wrong) => {
    const rest = { ...WEBSOCKET, ...wrong };
    expect(seenByPeer({ connection: 'Upgrade', upgrade: 'websocket', ...rest })).toEqual({ ...stamped, ...rest });
  });
});

describe('a forwarded response', () => {
  test('loses hop-by-hop headers, those that its Connection names, and those for Nginx', () => {
    const headers = new Headers({
      Connection: 'keep-alive, X-Secret,, @@@',
      'Keep-Alive': 'timeout=5',
      'X-Accel-Redirect': '/x',
      'X-Secret': 's',
      'X-Kept': 'k',
    });
    stripHopByHopHeaders(headers);
    expect(Object.fromEntries(headers)).toEqual({ 'x-kept': 'k' });
  });
});
