import { readFile } from 'node:fs/promises';

/** Memory of a process of this machine that is in RAM, in bytes; undefined when it is gone, or on a system without `/proc`. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = status.match(/^VmRSS:\s+(\d+) kB$/m)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}
