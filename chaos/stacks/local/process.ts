import { fileURLToPath } from 'node:url';
import { createSupervisedProcess, type SupervisedProcess } from '../../../local/supervised-process.ts';
import type { RunContext } from '../stack.ts';

export interface LocalProcessOptions {
  name: string;
  /** Folder of the sources. */
  root: URL;
  script: string;
  env: Record<string, string>;
  notes: RunContext;
}

/** A process that restarts only when asked to. */
export interface LocalProcess {
  start(): Promise<void>;
  /** Kills the process and everything it has started. */
  kill(): void;
  /** Stops the process cleanly and waits until it has exited. @returns its exit code; undefined when a signal ended it */
  stop(): Promise<number | undefined>;
  /** Sends a signal, but only to a process that has started completely: before that, it may have no handler. */
  signal(signal: NodeJS.Signals): void;
}

/** Longer than a replica's own limit for its drain. */
const STOP_TIMEOUT_MS = 15_000;

export function createLocalProcess({ name, root, script, env, notes }: LocalProcessOptions): LocalProcess {
  let child: SupervisedProcess | undefined;
  let isStarted = false;
  const { PATH = '' } = process.env;

  return {
    async start() {
      child = createSupervisedProcess({
        name,
        script: fileURLToPath(new URL(script, root)),
        env: { PATH, ...env },
        onOutput: (line) => notes.say(`${name}  ${line}`),
        onExit: (how) => notes.deaths.push({ name, how, atMs: notes.nowMs() }),
        onRestart: () => notes.say(`${name} is back`),
      });
      isStarted = false;
      await child.start();
      isStarted = true;
    },
    kill: () => child?.kill(),
    stop: async () => child?.stop(STOP_TIMEOUT_MS),
    signal(signal) {
      const pid = child?.pid();
      if (isStarted && pid !== undefined) process.kill(pid, signal);
    },
  };
}
