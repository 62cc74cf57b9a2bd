import { expect, test } from 'vitest';
import { caddyConfig } from './caddy-config.ts';

const replicas = [
  { address: '127.0.0.1:5001', sid: 'a' },
  { address: '127.0.0.1:5002', sid: 'b' },
];
const lines = caddyConfig({ port: 8080, replicas, folder: '/tmp/caddy' })
  .split('\n')
  .map((line) => line.trim());

test('it listens on loopback only, without an admin endpoint and without certificates', () => {
  expect(lines).toEqual(expect.arrayContaining(['http://127.0.0.1:8080 {', 'bind 127.0.0.1']));
  expect(lines).toEqual(expect.arrayContaining(['admin off', 'auto_https off']));
});

test('it stores its data in the given folder', () => {
  expect(lines).toContain('storage file_system /tmp/caddy');
});

test('it proxies to all replicas, each client to one by the cookie', () => {
  expect(lines).toContain('reverse_proxy 127.0.0.1:5001 127.0.0.1:5002 {');
  expect(lines).toContain('lb_policy cookie srv_id');
});

test('the request’s id and the client’s address are set by Caddy itself', () => {
  expect(lines).toContain('header_up X-Request-ID {time.now.unix_ms}-{http.request.uuid}');
  expect(lines).toContain('header_up X-Real-IP {remote_host}');
});
