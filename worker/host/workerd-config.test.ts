import { expect, test } from 'vitest';
import { edgeConfig } from './workerd-config.ts';

const options = {
  scriptFile: 'worker.js',
  address: '127.0.0.1:8787',
  compatibilityDate: '2026-10-20',
  compatibilityFlags: ['a', 'b'],
  vars: {},
  database: undefined,
  hasFigures: false,
  peersAddress: undefined,
};

test.each([
  ['two lines', 'a\nb', String.raw`"a\nb"`],
  ['quotes and backslashes', String.raw`"\"`, String.raw`"\"\\\""`],
  ['a control character', '\u0001', String.raw`"\x01"`],
  ['what only looks like one', String.raw`\u0001`, String.raw`"\\u0001"`],
  ['non-ASCII letters', 'ü…', '"ü…"'],
])('a variable may hold %s', (_what, value, literal) => {
  expect(edgeConfig({ ...options, vars: { NAME: value } })).toContain(`(name = "NAME", text = ${literal})`);
});

test('a binding exists if and only if its option is set', () => {
  const bare = edgeConfig(options);
  expect(bare).not.toContain('HYPERDRIVE');
  expect(bare).not.toContain('PEERS');
  expect(bare).not.toContain('figures');
  const hosts = [{ host: 'db', port: 3306 }];
  const database = { hosts, user: 'u"', password: 'p\\', database: 'd', tls: { mode: 'off' } as const };
  const bound = edgeConfig({ ...options, database, hasFigures: true, peersAddress: '127.0.0.1:1' });
  expect(bound).toContain('address = "db:3306"');
  expect(bound).toContain(String.raw`database = "d", user = "u\"", password = "p\\"`);
  expect(bound).toContain('(name = "PEERS", service = "peers")');
  expect(bound).toContain('service = (name = "edge", entrypoint = "figures")');
});
