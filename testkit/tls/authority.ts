import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../processes/command.ts';

/** A CA of its own, with its files in a folder. */
export interface Authority {
  /** The CA's certificate, in PEM format. */
  ca: string;
  caFile: string;
  /** Signs a certificate for a host name, and writes it and its key over these files. */
  sign(host: string, files: CertificateFiles): Promise<void>;
}

export interface CertificateFiles {
  cert: string;
  key: string;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Creates a CA with `openssl`. */
export async function createAuthority(folder: string, name: string): Promise<Authority> {
  const [caFile, caKey] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  await run('openssl', [
    'req',
    '-x509',
    ...KEY,
    '-subj',
    `/CN=${name}`,
    '-days',
    '1',
    '-keyout',
    caKey,
    '-out',
    caFile,
  ]);
  return {
    ca: await readFile(caFile, 'utf8'),
    caFile,
    async sign(host, { cert, key }) {
      const request = ['req', '-x509', '-CA', caFile, '-CAkey', caKey, ...KEY, '-subj', `/CN=${host}`, '-days', '1'];
      const extensions = ['-addext', `subjectAltName=DNS:${host}`, '-addext', 'basicConstraints=critical,CA:false'];
      await run('openssl', [...request, ...extensions, '-keyout', key, '-out', cert]);
    },
  };
}
