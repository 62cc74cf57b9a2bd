import { readFile } from 'node:fs/promises';

/**
 * Returns the resident memory of a process on this machine, in bytes. Undefined when the process is gone, or on a
 * system without `/proc`.
 */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = status.match(/^VmRSS:\s+(\d+) kB$/m)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}
