import { describe, expect, test } from 'vitest';
import { isHost, requestTarget } from './request-target.ts';

describe('a host', () => {
  // Nginx 1.30 answers these with 200 and 400.
  test.each([
    [
      'a',
      'a.',
      '.a',
      '-a',
      'a-',
      'a_b',
      'A.B',
      '*',
      'a,b',
      '%41',
      'a%',
      'a%2fb',
      "!$&'()*+,;=~",
      '1.2.3.4',
      'x'.repeat(300),
    ],
    ['a:', 'a:0', 'a:80', 'a:080', 'a:65535', 'a.:80', '[]', '[a]', '[::1]', '[::1]:', '[::1]:80', '[::ffff:1.2.3.4]'],
  ])('may be %s, %s, …', (...hosts) => {
    expect(hosts.filter((host) => !isHost(host))).toEqual([]);
  });

  test.each([
    [
      'h.test/admin',
      'h/',
      'h?x',
      'h#x',
      'h\\x',
      'user@h',
      'user:password@h',
      'a, b',
      'a b',
      'a\tb',
      'caf\u00e9',
      '\u007f',
      'a"b',
    ],
    [
      '',
      '.',
      'a..b',
      '..',
      ':80',
      'a:65536',
      'a:99999',
      'a:1:2',
      'a:x',
      'a:-1',
      '::1',
      '[::1',
      '[::1]x',
      '[::1%25eth0]',
      '<a>',
    ],
  ])('may not be %j, %j, …', (...hosts) => {
    expect(hosts.filter(isHost)).toEqual([]);
  });

  test('that is malformed is rejected in linear time', () => {
    expect(isHost(`${'a.'.repeat(30_000)}/`)).toBe(false);
    expect(isHost(`${'a'.repeat(60_000)}/`)).toBe(false);
  });
});

describe('the target of a request', () => {
  const at = (url: string, host: string) => requestTarget({ url, headers: new Headers({ Host: host }) } as Request);

  test.each([
    ['http://h.test/p?q=1', 'h.test', '/p?q=1'],
    ['http://h.test//x/y', 'h.test', '//x/y'],
    ['http://h.test/', 'h.test:80', '/'],
    ['https://[::1]:80/p', '[::1]:80', '/p'],
    ['http://a%zz:080/p', 'a%zz:080', '/p'],
    ['http://h.test/?', 'h.test', '/?'],
    ['http://h.test/a/../b?../..', 'h.test', '/a/../b?../..'],
    ['http://h.test/a\\b?\\', 'h.test', '/a%5Cb?\\'],
    ['http://h.test/%25?%zz', 'h.test', '/%25?%zz'],
  ])('%s for the host %s is %s', (url, host, target) => {
    expect(at(url, host)).toBe(target);
  });

  test.each([
    ['http://h.test/admin/p', 'h.test/admin'],
    ['http://h*', 'h'],
    ['http://a, b/p', 'a, b'],
    ['http://h.test/%', 'h.test'],
    ['http://h.test/a%00', 'h.test'],
    ['http://h.test/a/../..', 'h.test'],
    ['http://h.test/a//%2e%2e/%2E./b', 'h.test'],
  ])('%s for the host %s is malformed', (url, host) => {
    expect(at(url, host)).toBeUndefined();
  });
});
