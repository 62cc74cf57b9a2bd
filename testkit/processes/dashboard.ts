import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '../../app/replicas/snapshot.ts';
import { send } from '../http/send.ts';
import { freePortRange } from '../network/free-ports.ts';
import { untilListening } from './until-listening.ts';

const MAIN = fileURLToPath(new URL('../../dashboard/main.ts', import.meta.url));

/** The dashboard's own service, as a process. */
export interface DashboardProcess {
  url: string;
  port: number;
  /** Returns what it shows. */
  snapshot(): Promise<Snapshot>;
  /** Ends it with a signal. @returns its exit code, null after SIGKILL */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the service on loopback, on a free port unless `PORT` names one, and waits until it listens. */
export async function startDashboardProcess(env: Record<string, string> = {}): Promise<DashboardProcess> {
  const port = Number(env.PORT ?? (await freePortRange(1)));
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH, HOST: '127.0.0.1', PORT: `${port}`, ORIGIN_HOST: 'localhost', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  await untilListening(
    child,
    exited.then((code) => `it exited with code ${code}`),
  );
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    async snapshot() {
      const { body } = await send(url, { path: '/dashboard', headers: { Accept: 'application/json' } });
      return JSON.parse(body.toString()) as Snapshot;
    },
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}
