import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { backoffMs } from '../app/lib/backoff.ts';
import { delay } from '../app/lib/delay.ts';
import { UserError } from '../app/lib/user-error.ts';
import { waitAtMost } from '../app/lib/wait-at-most.ts';
import { readLines } from '../cli/read-lines.ts';
import { killProcessGroup } from './kill-process-group.ts';

export interface SupervisedProcessOptions {
  name: string;
  /** The script for Node. It sends any message when it is ready, and stops on SIGTERM. */
  script: string;
  env: Record<string, string | undefined>;
  onOutput: (line: string) => void;
  /** Called when the process ended unexpectedly. It is restarted after `restartInMs`. */
  onExit: (how: string, restartInMs: number) => void;
  /** Called when a restarted process is ready. */
  onRestart: (pid: number) => void;
}

/** A process that is restarted whenever it ends by itself, with growing pauses until it is ready. */
export interface SupervisedProcess {
  pid(): number | undefined;
  /**
   * Starts the process and waits until it is ready.
   *
   * @throws {ProcessFailedError} when it ends before it is ready; it is not restarted then
   */
  start(): Promise<void>;
  /**
   * Stops the process cleanly and waits for its end. Kills it after `timeoutMs`.
   *
   * @returns its exit code; undefined when a signal ended it, or it was not running
   */
  stop(timeoutMs: number): Promise<number | undefined>;
  kill(): void;
}

/** A process ended before it was ready. */
class ProcessFailedError extends UserError {
  override name = 'ProcessFailedError';
}

/**
 * V8 sizes its heap by the machine's memory: a server of short-lived objects fills the space for new ones, and with much memory
 * V8 collects old ones late. These limits are twice what 5000 concurrent requests need.
 */
const NODE_FLAGS = ['--max-semi-space-size=8', '--max-old-space-size=512'];

/**
 * Node caches compiled scripts here, so that the next start is faster. If it cannot write there, it works without a
 * cache.
 */
const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url));

const RESTART_BACKOFF = { firstMs: 250, lastMs: 10_000 };

export function createSupervisedProcess(options: SupervisedProcessOptions): SupervisedProcess {
  let running: ChildProcess | undefined;
  const stopping = new AbortController();
  /** Restarts since the process was ready. */
  let restarts = 0;
  // Before it was ready once, its end is a failed start, which is not repaired by a restart.
  let wasReady = false;

  function launch(): ChildProcess {
    const child = spawn(process.execPath, [...NODE_FLAGS, options.script], {
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A process group of its own: Ctrl-C in the terminal is for the supervisor, which stops the processes in order.
      detached: true,
    });
    running = child;
    for (const stream of [child.stdout, child.stderr]) {
      readLines(stream as Readable, (line) => line.length > 0 && options.onOutput(line.toString()));
    }
    child.once('message', () => {
      restarts = 0;
    });
    child.once('exit', (code, signal) => {
      killProcessGroup(child.pid as number);
      running = undefined;
      if (!stopping.signal.aborted && wasReady) void restart(describeExit(code, signal));
    });
    return child;
  }

  async function restart(how: string): Promise<void> {
    const pauseMs = backoffMs(restarts++, RESTART_BACKOFF);
    options.onExit(how, pauseMs);
    await delay(pauseMs, stopping.signal);
    if (stopping.signal.aborted) return;
    const child = launch();
    child.once('message', () => options.onRestart(child.pid as number));
  }

  return {
    pid: () => running?.pid,
    async start() {
      const child = launch();
      const ended = once(child, 'exit').then(([code, signal]) => {
        throw new ProcessFailedError(`${options.name} ${describeExit(code, signal)} before it was ready`);
      });
      await Promise.race([once(child, 'message'), ended]);
      wasReady = true;
    },
    async stop(timeoutMs) {
      stopping.abort();
      if (!running) return undefined;
      const child = running;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const isOver = (await waitAtMost(exited, timeoutMs)) !== undefined;
      if (!isOver) killProcessGroup(child.pid as number);
      const [exitCode] = (await exited) as [number | null];
      return exitCode ?? undefined;
    },
    kill() {
      stopping.abort();
      if (running) killProcessGroup(running.pid as number);
    },
  };
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `was ended by ${signal}` : `exited with code ${code}`;
}
