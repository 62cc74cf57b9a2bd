import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseMysqlUrl } from '../../cli/mysql-url.ts';
import type { Database } from '../../origin/database/database.ts';
import { openDatabase } from '../../origin/database/open.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { visits } from '../../testkit/http/visits.ts';
import { createTestDatabase, hasMysql } from '../../testkit/mysql/database.ts';
import { hasTlsServer, startTlsServer, type TlsServer } from '../../testkit/mysql/with-tls.ts';
import { run } from '../../testkit/processes/command.ts';
import { runOrigin } from '../../testkit/processes/origin.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** Drizzle Kit takes seconds to load, and much longer on a busy machine. */
const KIT_TIMEOUT_MS = 120_000;
const DRIZZLE_KIT = join(PROJECT, 'node_modules/.bin/drizzle-kit');
const silent = createLogger('silent');

/** The first packet of a server, protocol version 10, whose capabilities lack TLS (0x0800). */
const GREETING_WITHOUT_TLS = (() => {
  const capabilities = Buffer.from([0xff, 0xf7, 33, 2, 0, 0xff, 0x81, 21]);
  const body = Buffer.concat([
    ...[Buffer.from('\n8.4.0\0'), Buffer.alloc(4), Buffer.from('12345678\0'), capabilities, Buffer.alloc(10)],
    Buffer.from('123456789012\0mysql_native_password\0'),
  ]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
})();

test.skipIf(!hasMysql)('a server that requires TLS of a user is reported as such, with what to do', async () => {
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const password = randomBytes(8).toString('hex');
  const user = `tls_${randomBytes(4).toString('hex')}`;
  await database.admin.query(`create user ${user}@'%' identified by '${password}' require ssl`);
  onTestFinished(() => void database.admin.query(`drop user ${user}@'%'`));
  const connection = { ...parseMysqlUrl(database.url), user, password };
  const opening = openDatabase({ kind: 'mysql', connection }, silent, { migrate: true });
  await expect(opening).rejects.toThrow(
    /Access denied.*; check user and password; if they are right and DB_TLS is off, the server may require TLS for this user: set DB_TLS=verify, or ssl-mode=VERIFY_IDENTITY in DATABASE_URL$/,
  );
});

describe.skipIf(!hasTlsServer)('with a server that accepts encrypted connections only', () => {
  let server: TlsServer;

  beforeAll(async () => {
    server = await startTlsServer();
    await server.execute('create database mooring', "create user app@'%' identified by 'pw'");
    await server.execute("grant all on mooring.* to app@'%'");
  });
  afterAll(() => server?.stop());

  const urlOf = (parameters: string) => `mysql://app:pw@localhost:${server.port}/mooring?${parameters}`;

  /** Opens the database as a replica does. */
  async function open(parameters: string, migrate = false): Promise<Database> {
    const connection = parseMysqlUrl(urlOf(parameters));
    const database = await openDatabase({ kind: 'mysql', connection }, silent, { migrate });
    onTestFinished(database.store.close);
    return database;
  }

  const withCa = () => `ssl-ca=${server.authority.caFile}`;

  test('migrations and visits use TLS, with a certificate that is verified or not', async () => {
    const verified = await open(withCa(), true);
    expect(await verified.store.commit(visits('a'))).toEqual([1]);
    const encrypted = await open('ssl-mode=REQUIRED');
    expect(await encrypted.store.commit(visits('b'))).toEqual([2]);
  });

  test('a migration without TLS is refused clearly', async () => {
    // MySQL names the reason, and MariaDB only denies the access.
    await expect(open('ssl-mode=DISABLED', true)).rejects.toThrow(
      /^the database mysql:\/\/app@localhost:\d+\/mooring cannot be used: .*; .*the server (requires|may require) TLS.*: set DB_TLS=verify/,
    );
  });

  test.each([true, false])('a certificate of another CA is refused, whether it migrates: %s', async (migrate) => {
    for (const parameters of [`ssl-ca=${server.other.caFile}`, 'ssl-mode=VERIFY_IDENTITY']) {
      await expect(open(parameters, migrate)).rejects.toThrow(
        /certificate.*; DB_TLS=verify \(ssl-mode=VERIFY_IDENTITY\) expects a certificate signed by a CA of DB_TLS_CA_FILE/,
      );
    }
  });

  test('a certificate for another host name is refused', async () => {
    await server.rename('db.example');
    onTestFinished(() => server.rename('localhost'));
    await expect(open(withCa())).rejects.toThrow(
      /altnames.*; DB_TLS=verify \(ssl-mode=VERIFY_IDENTITY\) expects the host name of DB_HOST or DATABASE_URL in the server's certificate/,
    );
  });

  test.each([
    [
      'a replica',
      () => runOrigin(['--migrate-only'], { DATABASE_URL: urlOf(withCa()) }).exited.then(({ code }) => code),
    ],
    [
      'Drizzle Kit',
      () =>
        run(process.execPath, [DRIZZLE_KIT, 'migrate'], { cwd: PROJECT, env: { DATABASE_URL: urlOf(withCa()) } }).then(
          () => 0,
        ),
    ],
  ])('%s migrates with a certificate that is verified', { timeout: KIT_TIMEOUT_MS }, async (_who, migrate) => {
    expect(await migrate()).toBe(0);
  });
});

test('a server without TLS is refused clearly', async () => {
  const server = createServer((socket) => socket.end(GREETING_WITHOUT_TLS)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = parseMysqlUrl(`mysql://u@127.0.0.1:${port}/d?ssl-mode=REQUIRED`);
  await expect(openDatabase({ kind: 'mysql', connection }, silent, { migrate: false })).rejects.toThrow(
    /Server does not support secure connection; DB_TLS or ssl-mode expects TLS, and the server offers none: turn it on there/,
  );
});
