import { describe, expect, test } from 'vitest';
import { InvalidPeerError, type PeerConfig, parsePeers } from './parse-peers.ts';

const DEFAULTS = {
  url: 'http://127.0.0.1:5001',
  address: '127.0.0.1:5001',
  sid: 'e73eb7edc6b16f4bfdbfe7bd78f9ac14',
  weight: 1,
  maxFails: 1,
  failTimeoutSeconds: 10,
  maxConns: 0,
  backup: false,
  down: false,
  drain: false,
} satisfies PeerConfig;

describe('a line of ORIGINS', () => {
  test('has the defaults of Nginx', () => {
    expect(parsePeers('http://127.0.0.1:5001')).toEqual([DEFAULTS]);
  });

  test.each<{ words: string; changes: Partial<PeerConfig> }>([
    { words: 'weight=5', changes: { weight: 5 } },
    { words: 'max_fails=0', changes: { maxFails: 0 } },
    { words: 'max_fails=3', changes: { maxFails: 3 } },
    { words: 'max_conns=100', changes: { maxConns: 100 } },
    { words: 'fail_timeout=0', changes: { failTimeoutSeconds: 0 } },
    { words: 'fail_timeout=5', changes: { failTimeoutSeconds: 5 } },
    { words: 'fail_timeout=5s', changes: { failTimeoutSeconds: 5 } },
    { words: 'fail_timeout=2m', changes: { failTimeoutSeconds: 120 } },
    { words: 'fail_timeout=1h', changes: { failTimeoutSeconds: 3600 } },
    { words: 'fail_timeout=1m30s', changes: { failTimeoutSeconds: 90 } },
    { words: 'fail_timeout=1h1m1', changes: { failTimeoutSeconds: 3661 } },
    { words: 'fail_timeout=1w1d', changes: { failTimeoutSeconds: 8 * 24 * 3600 } },
    { words: 'fail_timeout=1y1M', changes: { failTimeoutSeconds: 395 * 24 * 3600 } },
    { words: 'backup', changes: { backup: true } },
    { words: 'down', changes: { down: true } },
    { words: 'drain', changes: { drain: true } },
    { words: 'backup down', changes: { backup: true, down: true } },
    { words: 'route=a', changes: { sid: 'a' } },
    { words: 'route=Rack-1.replica_2', changes: { sid: 'Rack-1.replica_2' } },
    { words: `route=${'r'.repeat(32)}`, changes: { sid: 'r'.repeat(32) } },
    { words: 'weight=2 weight=3', changes: { weight: 3 } },
    {
      words: '  weight=2\tmax_fails=2   fail_timeout=5s max_conns=9 drain  ',
      changes: { weight: 2, maxFails: 2, failTimeoutSeconds: 5, maxConns: 9, drain: true },
    },
  ])('takes "$words"', ({ words, changes }) => {
    expect(parsePeers(`http://127.0.0.1:5001 ${words}`)).toEqual([{ ...DEFAULTS, ...changes }]);
  });

  test.each([
    { url: 'http://127.0.0.1', address: '127.0.0.1:80', origin: 'http://127.0.0.1' },
    { url: 'https://replica.example', address: 'replica.example:443', origin: 'https://replica.example' },
    { url: 'https://replica.example:8443/', address: 'replica.example:8443', origin: 'https://replica.example:8443' },
    { url: 'http://[::1]:5001', address: '[::1]:5001', origin: 'http://[::1]:5001' },
  ])('dials $address for $url', ({ url, address, origin }) => {
    expect(parsePeers(url)).toMatchObject([{ address, url: origin }]);
  });
});

describe('ORIGINS', () => {
  test.each(['', '\n', '  \n\t\n', '# http://127.0.0.1:5001', '  # nobody\n'])('may name no peer: %j', (text) => {
    expect(parsePeers(text)).toEqual([]);
  });

  test('is read line by line, whatever ends a line', () => {
    const text =
      '# primaries\r\n  http://127.0.0.1:5001\r\n\r\nhttp://127.0.0.1:5002 weight=2\n# the rest\nhttp://127.0.0.1:5003 backup';
    expect(parsePeers(text)).toMatchObject([
      { address: '127.0.0.1:5001' },
      { address: '127.0.0.1:5002', weight: 2 },
      { address: '127.0.0.1:5003', backup: true },
    ]);
  });

  test.each([
    '127.0.0.1:5001',
    'ftp://127.0.0.1:5001',
    'http://',
    'http://127.0.0.1:99999',
    'http://127.0.0.1:5001/path',
    'http://127.0.0.1:5001?query',
    'http://127.0.0.1:5001#hash',
    'weight=2',
  ])('rejects %s as an address', (word) => {
    expect(() => parsePeers(word)).toThrow(
      `expected http://host:port or https://host:port and nothing after it, got "${word}" in line 1`,
    );
  });

  test('rejects a user and does not show the password', () => {
    const parse = () => parsePeers('http://user:password@127.0.0.1:5001');
    expect(parse).toThrow(/^expected http:\/\/host:port .*, got "http:\/\/\*\*\*@127\.0\.0\.1:5001" in line 1$/);
  });

  test.each([
    { word: 'weight=0', expected: 'weight= and a whole number from 1' },
    { word: 'weight=-1', expected: 'weight= and a whole number from 1' },
    { word: 'weight=1.5', expected: 'weight= and a whole number from 1' },
    { word: 'weight=', expected: 'weight= and a whole number from 1' },
    { word: 'weight', expected: 'weight= and a whole number from 1' },
    { word: 'weight=9999999999', expected: 'weight= and a whole number from 1' },
    { word: 'max_fails=-1', expected: 'max_fails= and a whole number from 0' },
    { word: 'max_fails=many', expected: 'max_fails= and a whole number from 0' },
    { word: 'max_conns=1e3', expected: 'max_conns= and a whole number from 0' },
    { word: 'fail_timeout=', expected: 'a time such as' },
    { word: 'fail_timeout=soon', expected: 'a time such as' },
    { word: 'fail_timeout=-5s', expected: 'a time such as' },
    { word: 'fail_timeout=5ms', expected: 'a time such as' },
    { word: 'fail_timeout=1s1m', expected: 'a time such as' },
    { word: 'fail_timeout=1m1m', expected: 'a time such as' },
    { word: 'route=', expected: '1 to 32 letters' },
    { word: 'route=a;b', expected: '1 to 32 letters' },
    { word: `route=${'r'.repeat(33)}`, expected: '1 to 32 letters' },
    { word: 'Backup', expected: 'backup down or drain' },
    { word: 'backup=1', expected: 'backup down or drain' },
    { word: 'slow_start=5s', expected: 'backup down or drain' },
    { word: 'http://127.0.0.1:5003', expected: 'backup down or drain' },
  ])('rejects "$word" and names it and its line', ({ word, expected }) => {
    const parse = () =>
      parsePeers(`http://127.0.0.1:5001\n# here it comes\nhttp://127.0.0.1:5002 weight=1 ${word} down`);
    expect(parse).toThrow(InvalidPeerError);
    expect(parse).toThrow(expected);
    expect(parse).toThrow(`, got "${word}" in line 3`);
  });

  test.each([
    'http://127.0.0.1:5001\nhttp://127.0.0.1:5001 weight=2',
    'http://127.0.0.1:5001\nhttps://127.0.0.1:5001',
    'http://127.0.0.1:5001 route=a\nhttp://127.0.0.1:5002 route=a',
    'http://127.0.0.1:5001\nhttp://127.0.0.1:5002 route=e73eb7edc6b16f4bfdbfe7bd78f9ac14',
  ])('rejects two peers that no cookie could distinguish: %j', (text) => {
    expect(() => parsePeers(text)).toThrow(' in line 2');
  });
});
