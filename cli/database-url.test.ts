import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TEST_CERTIFICATE } from '../testkit/tls/certificate.ts';
import { fileUrl, parseDatabaseUrl } from './database-url.ts';
import { maskUrl, mysqlUrl, parseMysqlUrl } from './mysql-url.ts';

const SECRET = 'hunter2';

function problemOf(url: string): string {
  try {
    parseDatabaseUrl(url);
  } catch (error) {
    return (error as Error).message;
  }
  return expect.unreachable(`${url} was accepted`);
}

const OFF = { mode: 'off' } as const;
const H = [{ host: 'h', port: 3306 }];

describe('a MySQL URL', () => {
  test.each([
    ['mysql://u:p@h/d', { hosts: H, user: 'u', password: 'p', database: 'd', tls: OFF }],
    [
      'mysql://u@[::1]:3307/d',
      { hosts: [{ host: '::1', port: 3307 }], user: 'u', password: '', database: 'd', tls: OFF },
    ],
    ["mysql://u:'\\%23%25@h/d", { hosts: H, user: 'u', password: "'\\#%", database: 'd', tls: OFF }],
    ['mysql://u@h/d?charset=utf8mb4&ssl-mode=DISABLED', { hosts: H, user: 'u', password: '', database: 'd', tls: OFF }],
    [
      'mysql://u:a,b@h,h:3307,[::1]/d',
      {
        hosts: [...H, { host: 'h', port: 3307 }, { host: '::1', port: 3306 }],
        user: 'u',
        password: 'a,b',
        database: 'd',
        tls: OFF,
      },
    ],
  ])('%s is parsed', (url, connection) => {
    expect(parseDatabaseUrl(url)).toEqual({ kind: 'mysql', connection });
  });

  test.each(['h,,i', 'h,h', 'h:3306,h', ',h', 'h:0', 'h:65536', 'a,b,c,d,e,f,g,h,i,j'])(
    'with the hosts %s is rejected',
    (hosts) => {
      expect(problemOf(`mysql://u:${SECRET}@${hosts}/d`)).toMatch(/^expected mysql:.* got "\*\*\*"; for example/);
    },
  );

  test('is built and parsed to the same parts, whatever the password', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((value) => !/[\p{Cs}]/u.test(value));
    fc.assert(
      fc.property(text, text, fc.constantFrom('db', '10.0.0.5', '::1'), (user, password, host) => {
        const hosts = [{ host, port: 3307 }, ...H];
        const parts = { hosts, user, password, database: 'mooring', tls: OFF };
        expect(parseMysqlUrl(mysqlUrl(parts))).toEqual(parts);
      }),
    );
  });

  test.each([
    ['supportBigNumbers=true', 'the parameter "supportBigNumbers"'],
    ['bigNumberStrings=true&supportBigNumbers=true', 'the parameter "bigNumberStrings"'],
    ['decimalNumbers=true', 'the parameter "decimalNumbers"'],
    ['multipleStatements=false', 'the parameter "multipleStatements"'],
    ['flags=-FOUND_ROWS', 'the parameter "flags"'],
    ['timezone=local', 'the parameter "timezone"'],
    ['charset=latin1', 'the parameter "charset"'],
    ['connectTimeout=1', 'the parameter "connectTimeout"'],
    [`${SECRET}%20=1`, 'another parameter'],
  ])("with ?%s is rejected, and only the parameter's name is shown", (query, got) => {
    const problem = problemOf(`mysql://u:${SECRET}@h/d?${query}`);
    expect(problem).toBe(`expected no parameter but charset=utf8mb4, ssl-mode and ssl-ca, got ${got}; remove it`);
  });

  test.each([
    ['ssl-mode=DISABLED', 'off'],
    ['ssl-mode=REQUIRED', 'required'],
    ['ssl-mode=verify_identity', 'verify'],
    ['sslaccept=strict', 'verify'],
    ['sslaccept=accept_invalid_certs', 'required'],
    ['ssl={"rejectUnauthorized":true}', 'verify'],
    ['ssl=%7B%22rejectUnauthorized%22:false%7D', 'required'],
    ['ssl-mode=VERIFY_IDENTITY&sslaccept=strict', 'verify'],
  ])('with ?%s has TLS: %s', (query, mode) => {
    expect(parseMysqlUrl(`mysql://u:${SECRET}@h/d?${query}`).tls.mode).toBe(mode);
  });

  test.each(['ssl-ca=ca.pem', 'ssl-mode=VERIFY_IDENTITY&ssl-ca=ca.pem'])('with ?%s trusts these CAs alone', (query) => {
    const { tls } = parseMysqlUrl(`mysql://u@h/d?${query}`, (path) => (path === 'ca.pem' ? TEST_CERTIFICATE : ''));
    expect(tls).toEqual({ mode: 'verify', ca: TEST_CERTIFICATE });
  });

  test.each([
    ['ssl=true', /^expected ssl-mode=.*, got the parameter "ssl"; write these instead$/],
    ['ssl-mode=PREFERRED', /; PREFERRED falls back to clear text: write REQUIRED or VERIFY_IDENTITY$/],
    ['ssl_mode=VERIFY_CA', /got the parameter "ssl_mode"/],
    ['ssl-mode=VERIFY_CA', /; Mooring also compares the host name/],
    ['sslmode=require', /got the parameter "sslmode"/],
    ['useSSL=true', /got the parameter "useSSL"/],
    ['tls=true', /got the parameter "tls"/],
    ['sslcert=/cert.pem', /got the parameter "sslcert"/],
    ['verifyServerCertificate=true', /got the parameter "verifyServerCertificate"/],
    ['secureTransport=1', /got the parameter "secureTransport"/],
    ['tlsCiphersuites=x', /got the parameter "tlsCiphersuites"/],
    ['SLL-mode=REQUIRED', /^expected no parameter but/],
    [
      'ssl-mode=REQUIRED&sslaccept=strict',
      /^expected one choice of TLS, got the parameter "sslaccept" beside another one/,
    ],
    ['ssl-mode=DISABLED&ssl-mode=REQUIRED', /^expected one choice of TLS/],
    ['ssl-mode=REQUIRED&ssl-ca=ca.pem', /^expected ssl-ca beside ssl-mode=VERIFY_IDENTITY, got another ssl-mode/],
    ['ssl-ca=ca.pem&ssl-ca=ca.pem', /^expected one choice of TLS/],
    ['ssl-ca=none', /got a file that cannot be read \(ENOENT\); check path and rights$/],
    ['ssl-ca=empty', /^expected ssl-ca=FILE with certificates in PEM format, got a file without one/],
  ])('that asks for TLS in another way is rejected, never connected in clear text: ?%s', (query, problem) => {
    const readFile = (path: string) => {
      if (path === 'none') throw Object.assign(new Error('none'), { code: 'ENOENT' });
      return path === 'empty' ? '' : TEST_CERTIFICATE;
    };
    const parse = () => parseMysqlUrl(`mysql://u:${SECRET}@h/d?${query}`, readFile);
    expect(parse).toThrow(problem);
    expect(parse).not.toThrow(SECRET);
  });

  test('with an IP address and a certificate to verify is rejected', () => {
    expect(problemOf('mysql://u@h,10.0.0.5/d?ssl-mode=VERIFY_IDENTITY')).toBe(
      'expected a host name beside ssl-mode=VERIFY_IDENTITY, got "10.0.0.5"; write a name that is in the server\'s certificate',
    );
  });

  test.each([
    [
      'a name that cannot be decoded',
      `mysql://u%zz:${SECRET}@h/d`,
      /^expected a percent-encoded URL, .*write % as %25$/,
    ],
    ['a password with %', `mysql://u:${SECRET}%@h/d`, /^expected a percent-encoded URL, .*write % as %25$/],
    ['a password with #', `mysql://u:12#${SECRET}@h/d`, /got "\*\*\*"; .*# as %23/],
    ['a password with ?', `mysql://u:12?${SECRET}@h/d`, /got "\*\*\*"; .*\? as %3F/],
    ['a password with /', `mysql://u:12/${SECRET}@h/d`, /got "\*\*\*"; .*\/ as %2F/],
    ['a line end in the password', `mysql://u:hunt\ner2@h/d`, /^expected mysql:/],
  ])('with %s is rejected, with advice', (_what, url, problem) => {
    expect(problemOf(url)).toMatch(problem);
    expect(problemOf(url)).not.toContain(SECRET);
  });
});

describe('a SQLite URL', () => {
  test.each([
    ['file:data/x.sqlite', 'data/x.sqlite'],
    ['file:./x.db', './x.db'],
    ['file:/var/lib/x.sqlite', '/var/lib/x.sqlite'],
    ['file:///var/lib/x.sqlite', '/var/lib/x.sqlite'],
    ['file://localhost/var/lib/x.sqlite', '/var/lib/x.sqlite'],
    ['FILE:x.db', 'x.db'],
    ['file:my%20dir/100%25.sqlite', 'my dir/100%.sqlite'],
    ['file:my dir/x.sqlite', 'my dir/x.sqlite'],
  ])('%s is the file %s', (url, path) => {
    expect(parseDatabaseUrl(url)).toEqual({ kind: 'sqlite', path });
    expect(parseDatabaseUrl(fileUrl(path))).toEqual({ kind: 'sqlite', path });
  });

  test.each([
    ['file::memory:', 'expected a file that all replicas share, got "file::memory:"; '],
    ['file::memory:?cache=shared', 'expected a file without parameters, '],
    ['file:%3Amemory:', 'expected a file that all replicas share, '],
    ['file:x.db?mode=memory', 'expected a file without parameters, '],
    ['file:x.db#a', 'expected a file without parameters, '],
    ['file:', 'expected the path of a file, '],
    ['file:data/', 'expected the path of a file, '],
    ['file:x%00.db', 'expected the path of a file, '],
    ['file:100%.db', 'expected a percent-encoded path, '],
    [
      'file://data/x.db',
      'expected file:path, or file:///path from the root, got "file://data/x.db"; for a path from the working folder write file:data/x.db',
    ],
  ])('%s is rejected', (url, problem) => {
    expect(problemOf(url)).toContain(problem);
  });

  test.each([
    ['data/x.sqlite', 'file:data/x.sqlite'],
    ['./x.db', 'file:./x.db'],
    ['/var/lib/mooring.sqlite3', 'file:/var/lib/mooring.sqlite3'],
    ['sqlite:data/x.db', 'file:data/x.db'],
    ['sqlite:///data/x.db', 'file:/data/x.db'],
  ])('%s without a scheme is rejected, with advice', (value, url) => {
    expect(problemOf(value)).toBe(
      `expected mysql://user:password@host:port/database or file:path, got "${value}"; for a SQLite file write ${url}`,
    );
  });
});

test.each([
  [`mysql://mooring:${SECRET}@db:3306/mooring`, 'mysql://mooring:***@db:3306/mooring'],
  ['mysql://mooring@db/mooring', 'mysql://mooring@db/mooring'],
  [`mysql://u:${SECRET}@h/d?password=${SECRET}`, 'mysql://u:***@h/d'],
  [`mysql://u:${SECRET}@a:3307,b/d`, 'mysql://u:***@a:3307,b/d'],
  [`mysql://u:p#${SECRET}@h/d`, '***'],
  [`mysql://u:12#${SECRET}@h/d`, '***'],
  [`mysql://u:12/${SECRET}@h/d`, '***'],
  [`mysql://u:12?${SECRET}@h/d`, '***'],
  [SECRET, '***'],
  [`//u:${SECRET}@h/d`, '***'],
  [`root:${SECRET}@db:3306/mooring`, '***'],
  [`root:${SECRET}@tcp(db:3306)/mooring`, '***'],
  [`jdbc:mysql://root:${SECRET}@db/mooring`, '***'],
])('%s is shown as %s', (url, shown) => {
  expect(maskUrl(url)).toBe(shown);
});
