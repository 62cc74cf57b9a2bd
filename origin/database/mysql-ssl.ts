import type { SslOptions } from 'mysql2';
import type { DatabaseTls } from '../../cli/database-tls.ts';

/** Returns the driver's options for TLS. */
export function toSsl(tls: DatabaseTls): SslOptions | undefined {
  switch (tls.mode) {
    case 'off':
      return undefined;
    case 'required':
      return { rejectUnauthorized: false };
    case 'verify':
      // The driver compares the host name only if asked to.
      return { rejectUnauthorized: true, verifyIdentity: true, ...(tls.ca !== undefined && { ca: tls.ca }) };
  }
}
