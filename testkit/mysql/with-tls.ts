import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { findProgram } from '../processes/command.ts';
import { type Authority, createAuthority } from '../tls/authority.ts';
import { startPrivateServer } from './spawn.ts';

/** A server that accepts encrypted connections only, with a certificate for `localhost`. */
export interface TlsServer {
  port: number;
  /** The CA that signed its certificate, and one that did not. */
  authority: Authority;
  other: Authority;
  /** Gives it a certificate for another host name. */
  rename(host: string): Promise<void>;
  /** Runs statements with all privileges. */
  execute(...statements: string[]): Promise<void>;
  stop(): Promise<void>;
}

const PROGRAM = 'mariadbd';

/** Whether this machine can run such a server. */
export const hasTlsServer = (await findProgram(PROGRAM)) !== undefined && (await findProgram('openssl')) !== undefined;

export async function startTlsServer(): Promise<TlsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-tls-'));
  const authority = await createAuthority(folder, 'authority');
  const files = { cert: join(folder, 'server.crt'), key: join(folder, 'server.key') };
  await authority.sign('localhost', files);
  // The server may run as another user.
  await chmod(folder, 0o755);
  const options = [`--ssl-ca=${authority.caFile}`, `--ssl-cert=${files.cert}`, `--ssl-key=${files.key}`];
  const problems: string[] = [];
  const server = await startPrivateServer(options, (line) => problems.push(line), [PROGRAM]);
  if (server === undefined) throw new Error(problems.join('\n'));
  const { url } = server;

  async function execute(...statements: string[]): Promise<void> {
    const admin = await mysql.createConnection({ uri: url, ssl: { rejectUnauthorized: false } });
    try {
      for (const statement of statements) await admin.query(statement);
    } finally {
      admin.destroy();
    }
  }

  // Not at its start: what waits for the server connects without TLS.
  await execute('set global require_secure_transport = on');
  return {
    port: Number(new URL(url).port),
    authority,
    other: await createAuthority(folder, 'other'),
    async rename(host) {
      await authority.sign(host, files);
      await execute('flush ssl');
    },
    execute,
    async stop() {
      server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
