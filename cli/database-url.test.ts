import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileUrl, maskUrl, mysqlUrl, parseDatabaseUrl, parseMysqlUrl } from './database-url.ts';

const SECRET = 'hunter2';

function problemOf(url: string): string {
  try {
    parseDatabaseUrl(url);
  } catch (error) {
    return (error as Error).message;
  }
  return expect.unreachable(`${url} was accepted`);
}

describe('a MySQL URL', () => {
  test.each([
    ['mysql://u:p@h/d', { host: 'h', port: 3306, user: 'u', password: 'p', database: 'd' }],
    ['mysql://u@[::1]:3307/d', { host: '::1', port: 3307, user: 'u', password: '', database: 'd' }],
    ["mysql://u:'\\%23%25@h/d", { host: 'h', port: 3306, user: 'u', password: "'\\#%", database: 'd' }],
    [
      'mysql://u@h/d?charset=utf8mb4&ssl-mode=DISABLED',
      { host: 'h', port: 3306, user: 'u', password: '', database: 'd' },
    ],
  ])('%s is parsed', (url, connection) => {
    expect(parseDatabaseUrl(url)).toEqual({ kind: 'mysql', connection });
  });

  test('is built and parsed to the same parts, whatever the password', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((value) => !/[\p{Cs}]/u.test(value));
    fc.assert(
      fc.property(text, text, fc.constantFrom('db', '10.0.0.5', '::1'), (user, password, host) => {
        const parts = { host, port: 3307, user, password, database: 'mooring' };
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
    expect(problem).toBe(`expected no parameter but charset=utf8mb4 and ssl-mode=DISABLED, got ${got}; remove it`);
  });

  test.each([
    'ssl={"rejectUnauthorized":true}',
    'ssl=true',
    'ssl-mode=REQUIRED',
    'ssl_mode=VERIFY_CA',
    'sslmode=require',
    'sslMode=VERIFY_IDENTITY',
    'useSSL=true',
    'requireSSL=true',
    'tls=true',
    'sslaccept=strict',
    'ssl-ca=/ca.pem',
    'sslcert=/cert.pem',
    'verifyServerCertificate=true',
    'secureTransport=1',
    'tlsCiphersuites=x',
    'SLL-mode=REQUIRED&ssl-modus=REQUIRED',
  ])('that asks for TLS is rejected, never connected in clear text: ?%s', (query) => {
    expect(problemOf(`mysql://u:${SECRET}@h/d?${query}`)).toMatch(
      query.startsWith('SLL')
        ? /^expected no parameter but/
        : /^expected no TLS option but ssl-mode=DISABLED, got the parameter/,
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
