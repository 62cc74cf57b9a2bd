import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createStack, type Outcome, type Stack } from '../../testkit/docker/stack.ts';

/** The services of docker-compose.yml that set up and run the database, without a replica. */
const SERVICES = ['secrets', 'db', 'users'];

/** Content of each password file, and the password that it means. */
const GIVEN = [
  ['root', 'DB_ROOT_SECRET', 'root', 'ro"o\'t\\n #x;$(id) %s\r\n', 'ro"o\'t\\n #x;$(id) %s'],
  ['migrate', 'DB_MIGRATE_SECRET', 'mooring_migrate', '\uFEFFends in a backslash\\', 'ends in a backslash\\'],
  ['app', 'DB_APP_SECRET', 'mooring', "it's \\ `a` # päss  \r\n", "it's \\ `a` # päss  "],
] as const;

let folder: string;
let stack: Stack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-secrets-'));
  for (const [name, , , content] of GIVEN) await givePassword(name, content);
  stack = await createStack(Object.fromEntries(GIVEN.map(([name, setting]) => [setting, join(folder, name)])));
  await stack.compose('up', '--detach', 'users');
  await usersDone();
});

afterAll(async () => {
  await stack.remove();
  await rm(folder, { recursive: true, force: true });
});

/** Writes a password file that only its owner can read, as `umask 077` does. */
async function givePassword(name: string, content: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, name, 'password'), content, { mode: 0o600 });
  await chmod(join(folder, name, 'password'), 0o600);
}

async function containerOf(service: string): Promise<string> {
  return (await stack.compose('ps', '--all', '--quiet', service)).trim();
}

/** Waits until the users are set up and expects success. */
async function usersDone(): Promise<void> {
  const { stdout } = await stack.run('docker', 'wait', await containerOf('users'));
  expect(stdout.trim(), await stack.compose('logs', ...SERVICES)).toBe('0');
}

/** Runs Compose with additional settings. */
function composeWith(settings: string, ...args: string[]): Promise<Outcome> {
  return stack.run('env', ...settings.split(' ').filter(Boolean), 'docker', 'compose', ...args);
}

async function setUpAgain(settings: string): Promise<void> {
  const { code, stderr } = await composeWith(settings, 'up', '--detach', 'settings', 'users');
  expect(code, stderr).toBe(0);
  await usersDone();
}

/** Logs in over the network, as replicas do. @returns the session's user, or the error's code */
async function logIn(user: string, password: string): Promise<string> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  const { stdout } = await stack.run('docker', 'inspect', '--format', format, await containerOf('db'));
  const connection = await mysql
    .createConnection({ host: stdout.trim(), user, password, connectTimeout: 10_000 })
    .catch((error: NodeJS.ErrnoException) => `${error.code}`);
  if (typeof connection === 'string') return connection;
  const [[row]] = await connection.query<mysql.RowDataPacket[]>('select current_user() as name');
  await connection.end();
  return row?.name as string;
}

describe('a given password is used as it is, without the line end, the byte order mark and the rights of its file', () => {
  test.each(GIVEN.filter(([name]) => name !== 'root'))("%s's", async (_name, _setting, user, _content, password) => {
    expect(await logIn(user, password)).toBe(`${user}@%`);
  });

  test("root's, by the socket only", async () => {
    const [, , , , password] = GIVEN[0];
    expect(await stack.sql('select current_user()')).toEqual(['root@localhost']);
    expect(await stack.compose('exec', '-T', 'db', 'cat', '/run/secrets/root/password')).toBe(`${password}\n`);
    expect(await logIn('root', password)).toBe('ER_ACCESS_DENIED_ERROR');
  });

  test('a new one is used from the next start on', async () => {
    await givePassword('app', 'new one');
    await givePassword('root', 'another root');
    await setUpAgain('');
    expect(await logIn('mooring', 'new one')).toBe('mooring@%');
    expect(await logIn('mooring', GIVEN[2][4])).toBe('ER_ACCESS_DENIED_ERROR');
    expect(await stack.sql('select 1')).toEqual(['1']);
  });
});

test.each([
  ['no file', undefined, 'got no such file'],
  ['an empty file', '\r\n', 'got an empty file'],
  ['several lines', 'first\nsecond\n', 'got several lines'],
  ['another encoding', Buffer.from('\uFEFFpassword', 'utf16le'), 'got control characters or a file that is not UTF-8'],
])('a folder with %s is rejected, and the message names the setting', async (_what, content, problem) => {
  const other = join(folder, 'other');
  await rm(other, { recursive: true, force: true });
  await mkdir(other);
  if (content !== undefined) await writeFile(join(other, 'password'), content);
  const { code, stderr } = await composeWith(`GRAFANA_SECRET=${other}`, 'run', '--rm', '--no-deps', 'secrets');
  expect(code).toBe(2);
  expect(stderr).toContain(`GRAFANA_SECRET: expected a folder with a file 'password' that holds one line, ${problem}`);
});

test.each(['MYSQL_ROOT_PASSWORD', 'MYSQL_PASSWORD', 'MYSQL_USER', 'MYSQL_DATABASE'])(
  'Compose stops and names %s, which the MySQL image knows and this stack does not',
  async (name) => {
    const { code, stderr } = await composeWith(`${name}=secret`, 'config', '--quiet');
    expect(code).not.toBe(0);
    expect(stderr).toContain(`remove ${name}, `);
    expect(stderr).not.toContain('=secret');
  },
);

describe('around the database', () => {
  test.each(SERVICES)('%s cannot write its image and has few capabilities', async (service) => {
    const format = '{{.HostConfig.ReadonlyRootfs}} {{json .HostConfig.CapDrop}} {{json .HostConfig.CapAdd}}';
    const { stdout } = await stack.run('docker', 'inspect', '--format', format, await containerOf(service));
    const capabilities = { secrets: '["CHOWN","DAC_OVERRIDE","FOWNER"]', db: 'null', users: '["DAC_OVERRIDE"]' }[
      service
    ];
    expect(stdout.trim()).toBe(`true ["ALL"] ${capabilities}`);
  });

  test('the server runs without root and without a second protocol', async () => {
    expect(await stack.compose('exec', '-T', 'db', 'cat', '/proc/1/status')).toMatch(/^Uid:\s+[1-9]/m);
    const active = 'plugin_name = "mysqlx" and plugin_status = "ACTIVE"';
    expect(await stack.sql(`select count(*) from information_schema.plugins where ${active}`)).toEqual(['0']);
  });

  test('the server writes its log for few threads, and on the disk at each commit', async () => {
    const settings = ['log_writer_threads', 'sync_spin_loops', 'flush_log_at_trx_commit', 'doublewrite'];
    const values = settings.map((name) => `@@innodb_${name}`).join(', ');
    expect(await stack.sql(`select ${values}`)).toEqual(['OFF\t0\t1\tON']);
  });

  test('no finished container keeps a password', async () => {
    for (const service of ['secrets', 'users']) {
      const { stdout } = await stack.run('docker', 'diff', await containerOf(service));
      const files = stdout.split('\n').filter((line) => /^[AC] \/(tmp|root|var\/tmp)\/./.test(line));
      expect(files).toEqual([]);
    }
  });
});

describe('the binary log, which keeps the addresses of clients', () => {
  const logFiles = () => stack.compose('exec', '-T', 'db', 'sh', '-c', 'ls /var/lib/mysql | grep "^binlog" || true');
  const rotation = 'select count(*) from information_schema.events where event_name = "rotate_binary_log"';

  test('is off', async () => {
    expect(await stack.sql('select @@log_bin')).toEqual(['0']);
    expect(await logFiles()).toBe('');
    expect(await stack.sql(rotation)).toEqual(['0']);
  });

  /** Restarts the database, which applies the stored settings. */
  async function restartDatabase(): Promise<void> {
    await stack.compose('restart', 'db');
    await vi.waitFor(() => stack.sql('select 1'), { timeout: 60_000, interval: 500 });
  }

  test('DB_BINLOG=on keeps it for DB_BINLOG_HOURS, in files of an hour', async () => {
    const db = await containerOf('db');
    await setUpAgain('DB_BINLOG=on DB_BINLOG_HOURS=6 DB_MAX_CONNECTIONS=600 DB_PERFORMANCE_SCHEMA=on');
    expect(await stack.sql('select @@log_bin, @@max_connections, @@performance_schema')).toEqual(['0\t500\t0']);
    await restartDatabase();
    expect(await containerOf('db')).toBe(db);
    const variables = '@@log_bin, @@binlog_expire_logs_seconds, @@max_connections, @@performance_schema';
    expect(await stack.sql(`select ${variables}`)).toEqual(['1\t21600\t600\t1']);
    expect(await logFiles()).toContain('binlog.000001');
    expect(await stack.sql(rotation)).toEqual(['1']);
  });

  test('switched off again, it leaves nothing behind', async () => {
    await setUpAgain('');
    await restartDatabase();
    expect(await stack.sql('select @@log_bin')).toEqual(['0']);
    expect(await logFiles()).toBe('');
    expect(await stack.sql(rotation)).toEqual(['0']);
  });
});
