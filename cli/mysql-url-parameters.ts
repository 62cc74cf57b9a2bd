import { type DatabaseTls, parseCertificates, type TlsMode } from './database-tls.ts';
import { DatabaseUrlError } from './database-url-error.ts';

const EXPECTED = 'no parameter but charset=utf8mb4, ssl-mode and ssl-ca';
const EXPECTED_TLS = 'ssl-mode=VERIFY_IDENTITY, REQUIRED or DISABLED, and ssl-ca=FILE';

/** Parameter names with which drivers and tools ask for TLS. */
const TLS_PARAMETER = /ssl|tls|cert|cipher|^ca$|^key$|secure/i;

/**
 * The values with which the MySQL client (`ssl-mode`), Prisma (`sslaccept`) and mysql2 (`ssl`) choose the encryption, in lower
 * case. PlanetScale's and DigitalOcean's URLs contain them.
 */
const TLS_VALUES: Record<string, Record<string, TlsMode>> = {
  'ssl-mode': { disabled: 'off', required: 'required', verify_identity: 'verify' },
  sslaccept: { accept_invalid_certs: 'required', strict: 'verify' },
  ssl: { '{"rejectunauthorized":false}': 'required', '{"rejectunauthorized":true}': 'verify' },
};

const INSTEAD: Record<string, string> = {
  'ssl-mode=preferred': 'PREFERRED falls back to clear text: write REQUIRED or VERIFY_IDENTITY',
  'ssl-mode=verify_ca': 'Mooring also compares the host name: write VERIFY_IDENTITY, or REQUIRED to verify nothing',
};

/**
 * Returns the encryption that the parameters of a URL ask for. The driver accepts many more parameters; some change the
 * numbers that it returns or the security of the connection, so all others are rejected.
 *
 * @param readFile reads a file as text, throwing when it cannot
 * @throws {DatabaseUrlError} naming the parameter. The value is never shown: it may be a part of the password
 */
export function readUrlTls(parameters: URLSearchParams, readFile: (path: string) => string): DatabaseTls {
  let mode: TlsMode | undefined;
  let ca: string | undefined;
  for (const [name, value] of parameters) {
    if (name.toLowerCase() === 'ssl-ca') {
      if (ca !== undefined) throw contradiction(name);
      ca = readCertificates(value, readFile);
      continue;
    }
    const asked = readParameter(name, value);
    if (mode !== undefined && asked !== undefined && asked !== mode) throw contradiction(name);
    mode ??= asked;
  }
  if (ca === undefined) return mode === 'verify' ? { mode, ca } : { mode: mode ?? 'off' };
  if (mode === 'off' || mode === 'required') {
    const fix = 'only VERIFY_IDENTITY verifies the certificate: write ssl-mode=VERIFY_IDENTITY, or remove ssl-ca';
    throw new DatabaseUrlError('ssl-ca beside ssl-mode=VERIFY_IDENTITY', 'another ssl-mode', fix);
  }
  return { mode: 'verify', ca };
}

/** @returns the encryption that it asks for; undefined for a parameter that says nothing about that */
function readParameter(name: string, value: string): TlsMode | undefined {
  const [key, given] = [name.toLowerCase(), value.toLowerCase().replace(/\s/g, '')];
  if (key === 'charset' && given === 'utf8mb4') return undefined;
  const mode = TLS_VALUES[key]?.[given];
  if (mode !== undefined) return mode;
  if (!TLS_PARAMETER.test(name)) throw new DatabaseUrlError(EXPECTED, shownParameter(name), 'remove it');
  const fix = INSTEAD[`${key}=${given}`] ?? 'write these instead';
  throw new DatabaseUrlError(EXPECTED_TLS, shownParameter(name), fix);
}

function readCertificates(path: string, readFile: (path: string) => string): string {
  const expected = 'ssl-ca=FILE with certificates in PEM format';
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const got = `a file that cannot be read (${(error as NodeJS.ErrnoException).code})`;
    throw new DatabaseUrlError(expected, got, 'check path and rights');
  }
  const ca = parseCertificates(text);
  if (ca !== undefined) return ca;
  throw new DatabaseUrlError(expected, 'a file without one', 'it has lines with BEGIN CERTIFICATE and END CERTIFICATE');
}

function contradiction(name: string): DatabaseUrlError {
  const got = `${shownParameter(name)} beside another one`;
  return new DatabaseUrlError('one choice of TLS', got, 'remove all but one');
}

/** Shows a name only if it looks like one: it may be part of a password. */
function shownParameter(name: string): string {
  return /^[\w-]{1,40}$/.test(name) ? `the parameter ${JSON.stringify(name)}` : 'another parameter';
}
