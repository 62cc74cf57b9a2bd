import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { DatabaseHost } from './database-hosts.ts';

/** How connections to the database are encrypted. */
export type DatabaseTls =
  | { mode: 'off' }
  /** Encrypted, whatever the server's certificate is. */
  | { mode: 'required' }
  /** Encrypted, with a certificate for the server's host name. @property ca certificates in PEM format; undefined for the public CAs */
  | { mode: 'verify'; ca: string | undefined };

export type TlsMode = DatabaseTls['mode'];
export const TLS_MODES = ['off', 'required', 'verify'] as const satisfies readonly TlsMode[];

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;

/** Returns the text if all its certificates can be read, and there is at least one. */
export function parseCertificates(text: string): string | undefined {
  const certificates = text.match(CERTIFICATE) ?? [];
  return certificates.length > 0 && certificates.every(isCertificate) ? text : undefined;
}

/** Returns each certificate of a text in PEM format. */
export function splitCertificates(text: string): string[] {
  return [...(text.match(CERTIFICATE) ?? [])];
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

/** Returns the first host whose certificate cannot be verified: the MySQL driver compares host names only. */
export function unverifiableHost({ mode }: DatabaseTls, hosts: readonly DatabaseHost[]): string | undefined {
  return mode === 'verify' ? hosts.find(({ host }) => isIP(host) !== 0)?.host : undefined;
}
