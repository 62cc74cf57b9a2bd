import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TEST_APP_FOLDER } from '../app/folder.ts';
import { freePortRange } from '../network/free-ports.ts';

const MAIN = fileURLToPath(new URL('../../local/main.ts', import.meta.url));

/** `npm start`, as a process. */
export interface ClusterProcess {
  edgeUrl: string;
  /** Process ids by `ip:port`. */
  replicaPids(): Map<string, number>;
  process: ChildProcess;
  output(): string;
  /** Waits until the output matches. */
  printed(pattern: RegExp): Promise<void>;
  /** Sends a signal and waits for the exit. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts the local cluster on free ports and waits until it is up. */
export async function startCluster(databaseUrl: string, flags: string[] = []): Promise<ClusterProcess> {
  const firstPort = await freePortRange(8);
  const ports = ['--port', `${firstPort}`, '--replica-port', `${firstPort + 1}`];
  const cluster = runCluster([...ports, '--database', databaseUrl, ...flags]);
  await cluster.printed(/Ctrl-C stops it all/);
  return { ...cluster, edgeUrl: `http://127.0.0.1:${firstPort}` };
}

/** Runs the command with these flags and additional variables, without waiting for anything. */
export function runCluster(flags: string[], env: NodeJS.ProcessEnv = {}): Omit<ClusterProcess, 'edgeUrl'> {
  const child = spawn(process.execPath, [MAIN, ...flags], {
    env: { ...process.env, APP_FOLDER: TEST_APP_FOLDER, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      child.emit('printed');
    });
  }
  return {
    process: child,
    output: () => output,
    replicaPids() {
      const pids = new Map<string, number>();
      for (const [, address, pid] of output.matchAll(/replica +http:\/\/(\S+) +pid (\d+)/g))
        pids.set(`${address}`, Number(pid));
      for (const [, address, pid] of output.matchAll(/replica (\S+) is back, pid (\d+)/g))
        pids.set(`${address}`, Number(pid));
      return pids;
    },
    async printed(pattern) {
      while (!pattern.test(output)) {
        const [event] = await Promise.race([
          once(child, 'printed').then(() => ['printed']),
          exited.then(() => ['exited']),
        ]);
        if (event === 'exited' && !pattern.test(output))
          throw new Error(`it ended without printing ${pattern}:\n${output}`);
      }
    },
    async end(signal) {
      child.kill(signal);
      const [code, endSignal] = await exited;
      return { code, signal: endSignal };
    },
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
