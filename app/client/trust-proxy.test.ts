import { describe, expect, test } from 'vitest';
import { parseTrustProxy, type TrustedProxy } from './trust-proxy.ts';

describe('a trust setting', () => {
  test('none trusts no proxy', () => {
    expect(parseTrustProxy('none')).toEqual({ preset: 'none' });
  });

  test.each([
    ['nginx from 10.0.0.0/8', 'nginx', 1],
    ['x-forwarded-for:1 from 10.0.0.0/8', 'x-forwarded-for', 1],
    ['x-forwarded-for:10 from 10.0.0.0/8', 'x-forwarded-for', 10],
    ['cloudflare from 10.0.0.0/8', 'cloudflare', 1],
    ['  nginx   from  10.0.0.0/8 , ::1 ', 'nginx', 1],
  ])('%j has the preset %s with %i hops', (text, preset, hops) => {
    expect(parseTrustProxy(text)).toMatchObject({ preset, hops });
  });

  test.each([
    ['nginx from 10.0.0.0/8,2001:db8::/32', ['10.1.2.3', '2001:db8::1'], ['11.0.0.1', '2001:db9::1', '127.0.0.1']],
    ['nginx from loopback', ['127.0.0.1', '127.255.255.255', '::1'], ['10.0.0.1', '::2']],
    [
      'nginx from private',
      ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd00::1'],
      ['127.0.0.1', '172.32.0.1', '203.0.113.7', '169.254.1.1', '2001:db8::1'],
    ],
    ['nginx from loopback,private', ['127.0.0.1', '10.1.2.3'], ['203.0.113.7', 'unknown', '']],
  ])('%j trusts %j and not %j', (text, trusted, others) => {
    const { isTrusted } = parseTrustProxy(text) as TrustedProxy;
    expect(trusted.map(isTrusted)).toEqual(trusted.map(() => true));
    expect([...others, undefined].map(isTrusted)).toEqual([...others, undefined].map(() => false));
  });

  test.each([
    '',
    'all',
    'nginx',
    'nginx from',
    'nginx from everywhere',
    'nginx from 10.0.0.0/33',
    'nginx from 10.0.0.0/8,',
    'nginx from none',
    'nginx:1 from loopback',
    'NGINX from loopback',
    'x-forwarded-for from loopback',
    'x-forwarded-for:0 from loopback',
    'x-forwarded-for:11 from loopback',
    'x-forwarded-for:1',
    'cloudflare',
    'none from loopback',
    '10.0.0.0/8',
  ])('%j is invalid', (text) => {
    expect(parseTrustProxy(text)).toBeUndefined();
  });

  test('cloudflare needs no networks when Cloudflare runs the program', () => {
    const trust = parseTrustProxy('cloudflare', { mayRunOnCloudflare: true }) as TrustedProxy;
    expect(trust).toMatchObject({ preset: 'cloudflare' });
    expect(trust.isTrusted(undefined)).toBe(true);
    expect(parseTrustProxy('nginx', { mayRunOnCloudflare: true })).toBeUndefined();
  });
});
