import { execFile, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { vi } from 'vitest';

const run = promisify(execFile);
const PID_FILE = '/var/run/docker.pid';
const WAIT = { timeout: 180_000, interval: 200 };

/** Returns why this machine's Docker engine must not or cannot be restarted now; undefined when it can. */
export async function whyNoRestart(): Promise<string | undefined> {
  const { stdout } = await run('docker', ['ps', '--format', '{{.Names}}']);
  const others = stdout.split('\n').filter(Boolean);
  if (others.length > 0) return `containers of others run: ${others.slice(0, 5).join(', ')}`;
  const pid = await readFile(PID_FILE, 'utf8').catch(() => undefined);
  if (pid === undefined) return `there is no ${PID_FILE}: the engine does not run on this machine`;
  try {
    process.kill(Number(pid), 0);
  } catch {
    return 'this user may not stop the engine';
  }
  return undefined;
}

/** Stops the Docker engine as a reboot does, and starts it again with the same arguments. */
export async function restartEngine(): Promise<void> {
  const pid = Number(await readFile(PID_FILE, 'utf8'));
  if ((await readFile(`/proc/${pid}/cgroup`, 'utf8')).includes('docker.service')) {
    await run('systemctl', ['restart', 'docker']);
  } else {
    const [program, ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').filter(Boolean);
    const log = await readlink(`/proc/${pid}/fd/1`);
    const output = log.startsWith('/') && !log.startsWith('/dev/') ? openSync(log, 'a') : 'ignore';
    process.kill(pid, 'SIGTERM');
    // A zombie, a process that has ended but was not waited for, has an empty command line.
    await vi.waitFor(async () => {
      const rest = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (rest !== '') throw new Error('the Docker engine still runs');
    }, WAIT);
    spawn(program as string, args, { detached: true, stdio: ['ignore', output, output] }).unref();
  }
  await vi.waitFor(() => run('docker', ['info']), WAIT);
}
