import { type ExecFileException, execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TEST_APP_FOLDER } from '../app/folder.ts';
import { type Trail, visitInParallel } from '../http/visitor.ts';
import { freePortRange } from '../network/free-ports.ts';

/** Longer than any command takes, with all images to be built. */
const COMMAND_WITHIN_MS = 20 * 60_000;

const PROJECT_FOLDER = fileURLToPath(new URL('../..', import.meta.url));

/** Shell command for the database's container: the MySQL client, as root. */
export const MYSQL_AS_ROOT =
  'MYSQL_PWD=$(cat /run/secrets/root/password) mysql --user=root --batch --skip-column-names mooring';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Replica {
  id: string;
  name: string;
  /** `ip:port`, as Nginx connects to it. */
  address: string;
}

/** The stack of docker-compose.yml, with a project name and a port of its own. */
export interface Stack {
  url: string;
  /** Name of the Compose project. */
  name: string;
  /** Path of the file that replaces `.env` for this stack. */
  envFile: string;
  /** Changes variables in `envFile`; undefined removes one. */
  set(variables: Record<string, string | undefined>): Promise<void>;
  /**
   * Runs a command in the project's folder with this stack's environment, and ends it after twenty minutes. Never throws: a
   * failure shows in the exit code.
   */
  run(command: string, ...args: string[]): Promise<Outcome>;
  /** Runs `docker compose` and expects it to succeed. @returns its standard output */
  compose(...args: string[]): Promise<string>;
  /** Removes everything that the stack has started or built, with its volumes. */
  remove(): Promise<void>;
  replicas(): Promise<Replica[]>;
  /** Runs a statement as root. @returns rows of tab-separated columns */
  sql(statement: string): Promise<string[]>;
  /** Starts clients that visit until they are stopped. */
  startVisitors(clients: number, options?: { forgetful?: boolean }): { stop(): Promise<Trail[]> };
}

/** Returns the lines of an `.env` file that set these variables. */
export function envLines(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}

/**
 * Prepares a stack without starting anything.
 *
 * @param variables values for `.env`; the variables of Compose itself (`COMPOSE_…`) go into the environment
 * @param folder the folder of docker-compose.yml
 */
export async function createStack(
  variables: Record<string, string> = {},
  folder: string = PROJECT_FOLDER,
): Promise<Stack> {
  const port = await freePortRange(1);
  const url = `http://127.0.0.1:${port}`;
  const isOfCompose = ([name]: [string, string]) => name.startsWith('COMPOSE_');
  const settings = Object.entries(variables).filter((entry) => !isOfCompose(entry));
  const envFolder = await mkdtemp(join(tmpdir(), 'mooring-env-'));
  const envFile = join(envFolder, '.env');
  await writeFile(
    envFile,
    envLines({ APP_FOLDER: TEST_APP_FOLDER, HTTP_PORT: `127.0.0.1:${port}`, ...Object.fromEntries(settings) }),
  );
  const env = {
    ...process.env,
    COMPOSE_PROJECT_NAME: `mooring-test-${randomBytes(4).toString('hex')}`,
    ...Object.fromEntries(Object.entries(variables).filter(isOfCompose)),
    COMPOSE_ENV_FILES: envFile,
  };

  function run(command: string, ...args: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = { cwd: folder, env, maxBuffer: 1024 * 1024 * 1024, timeout: COMMAND_WITHIN_MS };
      execFile(command, args, options, (error: ExecFileException | null, stdout, stderr) => {
        const reason = error?.killed ? `\nended after ${COMMAND_WITHIN_MS / 1000} s` : '';
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr: `${stderr}${reason}` });
      });
    });
  }

  async function compose(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run('docker', 'compose', ...args);
    if (code !== 0) throw new Error(`docker compose ${args.join(' ')} ended with ${code}:\n${stderr}`);
    return stdout;
  }

  return {
    url,
    name: env.COMPOSE_PROJECT_NAME,
    envFile,
    async set(changed) {
      const kept = (await readFile(envFile, 'utf8')).split('\n').filter((line) => {
        return line !== '' && !(line.slice(0, line.indexOf('=')) in changed);
      });
      const set = Object.entries(changed).filter((entry): entry is [string, string] => entry[1] !== undefined);
      await writeFile(envFile, [...kept, envLines(Object.fromEntries(set))].join('\n'));
    },
    run,
    compose,
    async remove() {
      await compose('--profile', '*', 'down', '--volumes', '--timeout', '5', '--remove-orphans');
      const images = ['--filter', `reference=${env.COMPOSE_PROJECT_NAME}-*`, '--format', '{{.Repository}}:{{.Tag}}'];
      const { stdout } = await run('docker', 'image', 'ls', ...images);
      const built = stdout.split('\n').filter(Boolean);
      if (built.length > 0) await run('docker', 'image', 'rm', ...built);
      await rm(envFolder, { recursive: true });
    },
    async replicas() {
      const ids = (await compose('ps', '--quiet', '--status', 'running', 'origin')).split('\n').filter(Boolean);
      const format = `{{.Id}} {{.Name}} {{(index .NetworkSettings.Networks "${env.COMPOSE_PROJECT_NAME}_front").IPAddress}}`;
      const { stdout } = await run('docker', 'inspect', '--format', format, ...ids);
      return stdout
        .trim()
        .split('\n')
        .map((line) => {
          const [id, name, ip] = line.split(' ') as [string, string, string];
          return { id, name: name.slice(1), address: `${ip}:5000` };
        });
    },
    async sql(statement) {
      const printed = await compose('exec', '-T', 'db', 'sh', '-c', `${MYSQL_AS_ROOT} --execute '${statement}'`);
      return printed.split('\n').filter(Boolean);
    },
    startVisitors(clients, options) {
      let isDone = false;
      const trails = visitInParallel(url, clients, () => isDone, options);
      return {
        stop() {
          isDone = true;
          return trails;
        },
      };
    },
  };
}
