import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { delay } from '../../app/lib/delay.ts';
import { waitAtMost } from '../../app/lib/wait-at-most.ts';
import { killProcessGroup } from '../../local/kill-process-group.ts';
import { isPortOpen } from '../../testkit/network/is-port-open.ts';
import { processesOfGroup } from '../../testkit/processes/process-table.ts';

export interface ProgramOptions {
  program: string;
  args: readonly string[];
  /** All its environment variables, except PATH. */
  env?: Record<string, string>;
  /** The loopback port that it listens on. */
  port: number;
  /** A path whose response, with any status, shows that it is ready. Without a path it is ready once it listens. */
  readyPath?: string;
  /** A folder from `createFolder` for the program's data. It is removed when the program ends. */
  folder: string;
}

/** A program that runs until it is closed, or until this process ends for any reason. */
export interface Program {
  pids(): number[];
  close(): Promise<void>;
}

const READY_CHECK_INTERVAL_MS = 20;
/** Longer than any of these programs takes to close its idle connections. */
const STOP_TIMEOUT_MS = 5000;
const LAST_WORDS_LENGTH = 4000;
const FOLDER_PREFIX = 'mooring-peer-';

/** The wrapping shell does not belong to the program. */
const SHELL = 'sh';

/**
 * Runs a program until standard input ends. Standard input ends when the process at its other end is gone, even after
 * `kill -9`, so neither program nor folder outlives the benchmark. The first argument is the program's folder.
 */
const RUN_UNTIL_STDIN_ENDS = `folder=$1; shift
exec 3<&0
"$@" 3<&- & child=$!
{ read -r _ <&3; kill "$child"; rm -rf "$folder"; } 2>/dev/null &
exec 3<&-
wait "$child"`;

/** Creates an empty folder for a program. */
export function createFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), FOLDER_PREFIX));
}

/**
 * Starts a program and waits until it listens.
 *
 * Its standard output is discarded, but it still pays for writing it. Its standard error goes to a file, so that it
 * never waits for a benchmark that is too busy to read.
 *
 * @throws when the program ends before it listens; the message is the end of its output
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { program, args, env, port, readyPath, folder } = options;
  // It stays open, because the shell may remove the folder before its output is read.
  const errors = await open(join(folder, 'stderr'), 'a+');
  const shell = spawn(SHELL, ['-c', RUN_UNTIL_STDIN_ENDS, SHELL, folder, program, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'ignore', errors.fd],
    // A process group of its own: Ctrl-C in the terminal is for the benchmark, and the benchmark's end also ends the
    // program.
    detached: true,
  });
  const group = shell.pid as number;
  const lifeline = shell.stdin as Writable;
  // When the program has ended by itself, writing to its standard input fails. That does not matter.
  lifeline.on('error', () => {});
  let hasEnded = false;
  const exited = once(shell, 'exit').finally(() => {
    hasEnded = true;
    killProcessGroup(group);
  });
  const failed = exited.then(async () => {
    const lastWords = (await readFromStart(errors)).slice(-LAST_WORDS_LENGTH);
    await errors.close();
    await rm(folder, { recursive: true, force: true });
    throw new Error(`${program} did not start:\n${lastWords}`);
  });
  // After the start, the program's end is no failure to start.
  failed.catch(() => {});

  async function close(): Promise<void> {
    lifeline.end();
    await waitAtMost(exited, STOP_TIMEOUT_MS);
    if (!hasEnded) killProcessGroup(group);
    await exited;
    await failed.catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }

  const isReady = () => (readyPath === undefined ? isPortOpen(port) : answers(`http://127.0.0.1:${port}${readyPath}`));
  while (!(await isReady())) await Promise.race([delay(READY_CHECK_INTERVAL_MS), failed]);
  return {
    pids: () => (hasEnded ? [] : processesOfGroup(group).flatMap(({ pid, name }) => (name === SHELL ? [] : [pid]))),
    close,
  };
}

async function readFromStart(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(size), 0, size, 0);
  return buffer.toString();
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
