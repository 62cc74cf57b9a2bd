import { readFile } from 'node:fs/promises';

/** The unit of `/proc/PID/stat`, the same on every Linux (`USER_HZ`). */
const TICKS_PER_SECOND = 100;

/** Returns the processor time that a process has used, in seconds. Undefined where the system does not report it. */
export async function cpuSeconds(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name, in parentheses, may have spaces. The 14th and 15th fields are the time in user and in kernel mode.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Returns the processor time of all the processes, in seconds. Undefined when that of one is not known, or there is none. */
export async function cpuSecondsOf(pids: readonly number[]): Promise<number | undefined> {
  const times = await Promise.all(pids.map(cpuSeconds));
  if (times.length === 0 || times.includes(undefined)) return undefined;
  return times.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0);
}
