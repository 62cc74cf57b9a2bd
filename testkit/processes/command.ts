import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** Node's own limit is 1 MiB, which the rows of a database exceed. */
const MAX_OUTPUT_BYTES = 1024 ** 3;

export interface RunOptions {
  cwd?: string;
  /** Variables in addition to this process's own. */
  env?: Record<string, string | undefined>;
  timeoutMs?: number;
}

/**
 * Runs a program to its end.
 *
 * @returns its standard output, trimmed
 * @throws when it cannot be run, fails or exceeds the timeout; the message is its output
 */
export async function run(program: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env, timeoutMs } = options;
  try {
    const limits = { timeout: timeoutMs, maxBuffer: MAX_OUTPUT_BYTES };
    const { stdout } = await execFileAsync(program, args, { cwd, env: { ...process.env, ...env }, ...limits });
    return stdout.trim();
  } catch (error) {
    const { stderr, stdout, message } = error as Error & { stderr?: string; stdout?: string };
    throw new Error(stderr?.trim() || stdout?.trim() || message, { cause: error });
  }
}

/** Returns the path of the first of these programs on the PATH or in the folders of system services. */
export async function findProgram(...names: string[]): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/** Whether the file exists and may be executed. */
export function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : `${error}`;
  return message.split('\n', 1)[0] as string;
}
