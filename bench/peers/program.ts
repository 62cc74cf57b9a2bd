import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { killProcessGroup } from '../../local/kill-process-group.ts';
import { isPortOpen } from '../../testkit/network/is-port-open.ts';
import { processesOfGroup } from './process-group.ts';

export interface ProgramOptions {
  program: string;
  args: readonly string[];
  /** All the settings it gets, beside the PATH. */
  env?: Record<string, string>;
  /** Where it listens on loopback. */
  port: number;
  /** It is ready once it answers this, with whatever; without it, once it listens. */
  readyPath?: string;
  /** As `createFolder` makes it, for whatever the program keeps; removed at its end. */
  folder: string;
}

/** A program that runs until it is closed, or until this process ends, however it does. */
export interface Program {
  pids(): number[];
  close(): Promise<void>;
}

const READY_CHECK_INTERVAL_MS = 20;
/** Longer than anything here takes to let go of connections without a request. */
const STOP_TIMEOUT_MS = 5000;
const LAST_WORDS_LENGTH = 4000;
const FOLDER_PREFIX = 'mooring-peer-';

/** The shell's name, which is no part of the peer. */
const SHELL = 'sh';

/**
 * Runs a program until standard input ends, as it does when whoever has the other end is gone, even by `kill -9`: neither
 * program nor folder outlives the benchmark. The first argument is the folder that goes with it.
 */
const RUN_UNTIL_STDIN_ENDS = `folder=$1; shift
exec 3<&0
"$@" 3<&- & child=$!
{ read -r _ <&3; kill "$child"; rm -rf "$folder"; } 2>/dev/null &
exec 3<&-
wait "$child"`;

/** Makes an empty folder for a program that is about to start. */
export function createFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), FOLDER_PREFIX));
}

/**
 * Starts a program and waits until it listens.
 *
 * What it prints to standard output goes nowhere, at the price of writing it; what it prints to standard error goes to a
 * file, so that it never waits for a benchmark that is too busy to read.
 *
 * @throws when it ends before; its last words are the message
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { program, args, env, port, readyPath, folder } = options;
  const errors = join(folder, 'stderr');
  const errorFile = await open(errors, 'a');
  const shell = spawn(SHELL, ['-c', RUN_UNTIL_STDIN_ENDS, SHELL, folder, program, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'ignore', errorFile.fd],
    // In a process group of its own: Ctrl-C in the terminal is for the benchmark, and the end of that ends this one.
    detached: true,
  });
  await errorFile.close();
  const group = shell.pid as number;
  const lifeline = shell.stdin as Writable;
  // When it ended by itself nobody has to be told to end it.
  lifeline.on('error', () => {});
  let hasEnded = false;
  const exited = once(shell, 'exit').finally(() => {
    hasEnded = true;
    killProcessGroup(group);
  });
  const failed = exited.then(async () => {
    const lastWords = (await readFile(errors, 'utf8')).slice(-LAST_WORDS_LENGTH);
    await rm(folder, { recursive: true, force: true });
    throw new Error(`${program} did not start:\n${lastWords}`);
  });
  // Once it runs, its end is no failure of its start.
  failed.catch(() => {});

  async function close(): Promise<void> {
    lifeline.end();
    const timer = setTimeout(() => killProcessGroup(group), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true });
  }

  const isReady = () => (readyPath === undefined ? isPortOpen(port) : answers(`http://127.0.0.1:${port}${readyPath}`));
  while (!(await isReady())) await Promise.race([sleep(READY_CHECK_INTERVAL_MS), failed]);
  return {
    pids: () => (hasEnded ? [] : processesOfGroup(group).flatMap(({ pid, name }) => (name === SHELL ? [] : [pid]))),
    close,
  };
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
