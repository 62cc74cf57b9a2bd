import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { freePortRange } from '../network/free-ports.ts';
import { firstLine, run } from '../processes/command.ts';
import { type MysqlPower, type MysqlServer, type MysqlSource, waitForMysql } from './server.ts';

const IMAGE = 'mysql:9.7';
const DOCKER_ANSWERS_WITHIN_MS = 5000;

/** Starts a disposable container, if Docker runs. */
export const startDockerMysql: MysqlSource = async (say) => {
  const port = await freePortRange(1);
  return startMysqlContainer({ port, options: ['--publish', `127.0.0.1:${port}:3306`], command: [] }, say);
};

export interface MysqlContainerOptions {
  /** The loopback port at which it is reached. */
  port: number;
  /** Options of `docker run`. */
  options: readonly string[];
  /** The command of the container; empty for the image's own. */
  command: readonly string[];
}

/** Starts a disposable container, if Docker runs. */
export async function startMysqlContainer(
  { port, options, command }: MysqlContainerOptions,
  say: (line: string) => void,
): Promise<MysqlServer | undefined> {
  if (!(await isDockerRunning())) return undefined;
  const password = randomBytes(16).toString('hex');
  try {
    // Pass the password in the environment: every user of the machine can read command lines.
    const id = await run('docker', ['run', '--detach', ...options, '--env', 'MYSQL_ROOT_PASSWORD', IMAGE, ...command], {
      env: { MYSQL_ROOT_PASSWORD: password },
    });
    const stop = () => {
      spawnSync('docker', ['rm', '--force', '--volumes', id]);
    };
    try {
      const url = `mysql://root:${password}@127.0.0.1:${port}/`;
      const untilAnswers = () =>
        waitForMysql(
          url,
          run('docker', ['wait', id]).then((code) => `exit code ${code}`, firstLine),
        );
      await untilAnswers();
      const power: MysqlPower = {
        async cut() {
          await run('docker', ['kill', '--signal', 'KILL', id]);
        },
        async halt() {
          await run('docker', ['stop', '--time', '60', id]);
        },
        async restore() {
          await run('docker', ['start', id]);
          await untilAnswers();
        },
      };
      return { url, origin: `a container of ${IMAGE}`, pid: await containerPid(id), power, stop };
    } catch (error) {
      stop();
      throw error;
    }
  } catch (error) {
    say(`Docker runs, but ${IMAGE} does not: ${firstLine(error)}`);
    return undefined;
  }
}

/** Returns the process id of a container's first process, as this machine knows it. */
export async function containerPid(container: string): Promise<number> {
  return Number(await run('docker', ['inspect', '--format', '{{.State.Pid}}', container]));
}

/** Whether a Docker engine answers. */
export async function isDockerRunning(): Promise<boolean> {
  try {
    const version = await run('docker', ['info', '--format', '{{.ServerVersion}}'], {
      timeoutMs: DOCKER_ANSWERS_WITHIN_MS,
    });
    return version !== '';
  } catch {
    return false;
  }
}
