import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePortRange } from '../network/free-ports.ts';
import { findProgram, firstLine, run } from '../processes/command.ts';
import { MYSQL_SERVERS } from '../processes/programs.ts';
import { type MysqlPower, type MysqlServer, type MysqlSource, waitForMysql } from './server.ts';

/**
 * Starts a private server in a temporary folder, if the program is installed. The system's own server is not touched.
 */
export const startPrivateMysql: MysqlSource = (say) => startPrivateServer([], say);

/**
 * Like `startPrivateMysql`, with further options of the server.
 *
 * @param programs names of the program; the first one that is installed is used
 * @returns undefined where the program is missing or does not start
 */
export async function startPrivateServer(
  options: readonly string[],
  say: (line: string) => void,
  programs: readonly string[] = MYSQL_SERVERS,
): Promise<MysqlServer | undefined> {
  const program = await findProgram(...programs);
  if (program === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'mooring-mysql-'));
  try {
    return await startIn(folder, program, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    say(`${program} is installed, but does not start: ${firstLine(error)}`);
    return undefined;
  }
}

async function startIn(folder: string, program: string, options: readonly string[]): Promise<MysqlServer> {
  const dataFolder = join(folder, 'data');
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  await initialise(program, ['--no-defaults', `--datadir=${dataFolder}`, ...asRoot]);

  const password = randomBytes(16).toString('hex');
  const initFile = join(folder, 'init.sql');
  await writeFile(initFile, createUser(password), { mode: 0o600 });
  const port = await freePortRange(1);
  const url = `mysql://tests:${password}@127.0.0.1:${port}/`;
  const args = [
    '--no-defaults',
    `--datadir=${dataFolder}`,
    `--socket=${join(folder, 'mysqld.sock')}`,
    `--pid-file=${join(folder, 'mysqld.pid')}`,
    `--init-file=${initFile}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    // MySQL has a second protocol on a fixed port. MariaDB does not know the option, hence `loose`.
    '--loose-mysqlx=OFF',
    ...options,
    ...asRoot,
  ];
  let child: ChildProcess;

  async function launch(): Promise<number | undefined> {
    child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    await waitForMysql(url, endOf(child));
    return child.pid;
  }

  const stop = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  async function end(signal: NodeJS.Signals): Promise<void> {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  const power: MysqlPower = {
    cut: () => end('SIGKILL'),
    halt: () => end('SIGTERM'),
    async restore() {
      await launch();
    },
  };
  try {
    return { url, origin: `a private ${program}`, pid: await launch(), power, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

async function initialise(program: string, args: string[]): Promise<void> {
  const isMariadb = (await run(program, ['--version'])).includes('MariaDB');
  if (!isMariadb) {
    await run(program, [...args, '--initialize-insecure']);
    return;
  }
  const installer = await findProgram('mariadb-install-db', 'mysql_install_db');
  if (installer === undefined) throw new Error('mariadb-install-db is missing');
  await run(installer, [...args, '--skip-test-db']);
}

/** Returns SQL that creates the tests' user, who connects over TCP. The server runs the file at every start. */
function createUser(password: string): string {
  return `create user if not exists tests@'127.0.0.1' identified by '${password}';
grant all on *.* to tests@'127.0.0.1' with grant option;
`;
}

async function endOf(child: ChildProcess): Promise<string> {
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-2000);
  });
  const [code] = await Promise.race([once(child, 'exit'), once(child, 'error')]);
  const reason = lastWords.split('\n').find((line) => line.includes('ERROR'));
  return reason ?? `exit code ${code}`;
}
