import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clientKey,
  createNetworkMatcher,
  type IpNetwork,
  parseForwardedAddress,
  parseIpNetwork,
} from './ip-address.ts';

describe('the address in an element of a forwarding header', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:443', '203.0.113.7'],
    ['203.0.113.7:_port', '203.0.113.7'],
    [' 203.0.113.7\t', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['2001:DB8:0:0:0:0:0:7', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['"[2001:db8::7]:443"', '2001:db8::7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:443', '203.0.113.7'],
  ])('%j is %s', (text, address) => {
    expect(parseForwardedAddress(text)).toBe(address);
  });

  test.each([
    '',
    'unknown',
    '_hidden',
    'localhost',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.07',
    '203.0.113.7:',
    '203.0.113.7:http',
    '203.0.113.7:443:443',
    '203.0.113.7, 203.0.113.8',
    '[203.0.113.7]',
    '[2001:db8::7',
    '2001:db8::7]',
    '"[2001:db8::7]',
    '2001:db8::7%eth0',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:8:9',
    "'; drop table",
  ])('%j has none', (text) => {
    expect(parseForwardedAddress(text)).toBeUndefined();
  });

  test('any address is found in any notation', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 65_535 }), (ip, port) => {
        const bare = parseForwardedAddress(ip);
        expect(bare).toBeDefined();
        const wrapped = ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
        expect(parseForwardedAddress(wrapped)).toBe(bare);
      }),
    );
  });
});

describe('a network', () => {
  test.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.9.9.9/8', '10.255.0.1', true],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::1', '::1', true],
    ['::1', '127.0.0.1', false],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.7', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.0.0.1', true],
    ['0.0.0.0/0', 'unknown', false],
    ['0.0.0.0/0', '', false],
  ])('%s contains %j: %s', (network, ip, isIn) => {
    expect(createNetworkMatcher([parseIpNetwork(network) as IpNetwork])(ip)).toBe(isIn);
  });

  test.each(['', 'all', '10.0.0.0/33', '::/129', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', '/8'])(
    '%j is invalid',
    (text) => {
      expect(parseIpNetwork(text)).toBeUndefined();
    },
  );
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['unknown', 'unknown'],
])('limits count %s as %s', (ip, key) => {
  expect(clientKey(ip)).toBe(key);
});
