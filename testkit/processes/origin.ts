import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TEST_APP_FOLDER } from '../app/folder.ts';
import { freePortRange } from '../network/free-ports.ts';
import { untilListening } from './until-listening.ts';

const MAIN = fileURLToPath(new URL('../../origin/main.ts', import.meta.url));

type Env = Record<string, string | undefined>;

/** One replica on Node, as a process. */
export interface OriginProcess {
  url: string;
  /** `ip:port`. */
  address: string;
  process: ChildProcess;
  /** Resolves when the process has ended. */
  exited: Promise<{ code: number | null; stderr: string }>;
  /** Returns the lines logged so far. */
  logLines(): LogLine[];
  output(): string;
  stop(): Promise<void>;
}

export type LogLine = Record<string, unknown>;

/** Starts a replica on a free loopback port and waits until it listens. */
export async function startOrigin(env: Env, flags = ['--migrate']): Promise<OriginProcess> {
  const port = await freePortRange(1);
  const origin = runOrigin(flags, { HOST: '127.0.0.1', SERVER_IP: '127.0.0.1', PORT: `${port}`, ...env });
  await untilListening(
    origin.process,
    origin.exited.then(({ code, stderr }) => `it exited with code ${code}: ${stderr}`),
  );
  return { ...origin, url: `http://127.0.0.1:${port}`, address: `127.0.0.1:${port}` };
}

/** Runs the origin with these flags and variables, without waiting for anything. */
export function runOrigin(flags: string[], env: Env): Omit<OriginProcess, 'url' | 'address'> {
  // Pass none of the developer's own variables: they could name the developer's database.
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN, ...flags], {
    env: { PATH, APP_FOLDER: TEST_APP_FOLDER, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // Keep the streams undecoded: other readers need the bytes.
  const printed = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  });
  const [stdout, stderr] = printed as [() => string, () => string];
  // Not the child's `close` event: it never comes when this side has closed the IPC channel first.
  const ends = [child.stdout, child.stderr].map((stream) => once(stream as NodeJS.ReadableStream, 'close'));
  const exited = Promise.all([once(child, 'exit'), ...ends]).then(([[code]]) => ({
    code: code as number | null,
    stderr: stderr(),
  }));
  return {
    process: child,
    exited,
    output: () => stdout() + stderr(),
    logLines: () =>
      stdout()
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LogLine])),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
