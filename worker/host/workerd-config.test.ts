import { expect, test } from 'vitest';
import { TEST_CERTIFICATE } from '../../testkit/tls/certificate.ts';
import { toEdgeDatabase } from './database.ts';
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

test('several hosts, or TLS, have a binding that the worker connects with itself', () => {
  const hosts = [
    { host: 'a', port: 3306 },
    { host: '::1', port: 3307 },
  ];
  const login = { hosts, user: 'u', password: 'p', database: 'd' };
  const several = edgeConfig({ ...options, database: { ...login, tls: { mode: 'off' } } });
  expect(several).toContain(
    String.raw`(name = "DATABASE", json = "{\"hosts\":[{\"host\":\"a\",\"port\":3306},{\"host\":\"::1\",\"port\":3307}],\"user\":\"u\",\"password\":\"p\",\"database\":\"d\",\"isEncrypted\":false}")`,
  );
  expect(several).not.toContain('HYPERDRIVE');
  const ca = `${TEST_CERTIFICATE}\n# a comment\n${TEST_CERTIFICATE}`;
  const encrypted = edgeConfig({ ...options, database: { ...login, tls: { mode: 'verify', ca } } });
  const certificate = JSON.stringify(TEST_CERTIFICATE.trim());
  expect(encrypted).toContain(
    `tlsOptions = (trustBrowserCas = true, trustedCertificates = [${certificate}, ${certificate}])`,
  );
  expect(encrypted).toContain(String.raw`\"isEncrypted\":true`);
});

test('TLS without verification is rejected, because the runtime always verifies', () => {
  const connection = { hosts: [{ host: 'a', port: 3306 }], user: 'u', password: 'p', database: 'd' };
  expect(() => toEdgeDatabase({ kind: 'mysql', connection: { ...connection, tls: { mode: 'required' } } })).toThrow(
    'DB_TLS: expected off or verify, because the runtime of the edge always verifies certificates, got "required"; set DB_TLS=verify',
  );
});
