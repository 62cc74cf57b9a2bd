import { expect, test } from 'vitest';
import { haproxyConfig } from './haproxy-config.ts';

const replicas = [
  { address: '127.0.0.1:5001', sid: 'e73eb7edc6b16f4bfdbfe7bd78f9ac14' },
  { address: '127.0.0.1:5002', sid: '0123456789abcdef0123456789abcdef' },
];
const lines = haproxyConfig({ port: 8080, replicas })
  .split('\n')
  .map((line) => line.trim());

test('it listens on loopback only', () => {
  expect(lines.filter((line) => line.startsWith('bind '))).toEqual(['bind 127.0.0.1:8080']);
});

test('each replica has its own name, and its id in the cookie', () => {
  expect(lines.filter((line) => line.startsWith('server '))).toEqual([
    'server replica1 127.0.0.1:5001 cookie e73eb7edc6b16f4bfdbfe7bd78f9ac14',
    'server replica2 127.0.0.1:5002 cookie 0123456789abcdef0123456789abcdef',
  ]);
});

test.each(['X-Request-ID', 'X-Real-IP', 'X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host'])(
  '%s is set by HAProxy, not by the client',
  (name) => {
    expect(lines.some((line) => line.startsWith(`http-request set-header ${name} `))).toBe(true);
  },
);

test('a request that a replica may have seen is sent again only if its method is idempotent', () => {
  expect(lines).toContain('http-request disable-l7-retry if { method POST PATCH LOCK }');
});
