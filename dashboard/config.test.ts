import { expect, test } from 'vitest';
import { parseDashboardServiceConfig } from './config.ts';

const TOKEN = '8b1a9953c4611296a827abf8c47804d7';

test('the defaults are what the stack needs', () => {
  expect(parseDashboardServiceConfig({})).toEqual({
    host: '0.0.0.0',
    port: 8081,
    replicas: { host: 'replica', port: 5000 },
    access: { kind: 'private', hosts: [] },
  });
});

test('the access rules of the dashboard of replicas apply', () => {
  const { access } = parseDashboardServiceConfig({ DASHBOARD: 'token', DASHBOARD_TOKEN: TOKEN });
  expect(access).toEqual({ kind: 'token', token: TOKEN });
});

test.each([
  [{ DASHBOARD: 'off' }, 'DASHBOARD: expected private or token, got "off"'],
  [{ DASHBOARD: 'token' }, 'DASHBOARD_TOKEN: expected'],
  [{ PORT: '0' }, 'PORT: expected a port from 1 to 65535, got "0"'],
  [{ HOST: 'here' }, 'HOST: expected an IP address, got "here"'],
  [{ ORIGIN_HOST: 'a b' }, 'ORIGIN_HOST: expected a host name, got "a b"'],
])('rejects %j', (env, message) => {
  expect(() => parseDashboardServiceConfig(env as Record<string, string>)).toThrow(message);
});
