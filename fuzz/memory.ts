import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * Finds who listens on a port of this machine, by what Linux tells of its processes.
 *
 * @returns process ids; none on a system that does not tell
 */
export async function listeners(port: number): Promise<number[]> {
  const sockets = await readFile('/proc/net/tcp', 'utf8').catch(() => '');
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const LISTENING = '0A';
  const rows = sockets.split('\n').map((row) => row.trim().split(/\s+/));
  const inodes = rows.filter((row) => row[1]?.endsWith(suffix) && row[3] === LISTENING).map((row) => row[9]);
  const isOurs = (link: string) => inodes.some((inode) => link === `socket:[${inode}]`);
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
      const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
      return links.some(isOurs) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

/** Memory of processes that is in RAM, in bytes; undefined when one of them is gone. */
export async function residentBytes(pids: readonly number[]): Promise<number | undefined> {
  const PAGE_BYTES = 4096;
  try {
    const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/statm`, 'utf8')));
    return stats.reduce((sum, stat) => sum + Number(stat.split(' ')[1]) * PAGE_BYTES, 0);
  } catch {
    return undefined;
  }
}

const WARM_UP_SHARE = 0.1;
const MIN_SAMPLES = 9;
const ALLOWED_BYTES = 32 * 1024 * 1024;
const ALLOWED_SHARE = 0.25;

/** How memory went over a run. */
export interface Growth {
  /** The middle of the first third after the warm-up, and of the last, in bytes. */
  early: number;
  late: number;
  isTooMuch: boolean;
}

/** @returns undefined when there are too few samples to tell */
export function growthOf(samples: readonly number[]): Growth | undefined {
  const warm = samples.slice(Math.ceil(samples.length * WARM_UP_SHARE));
  if (warm.length < MIN_SAMPLES) return undefined;
  const third = Math.floor(warm.length / 3);
  const [early, late] = [median(warm.slice(0, third)), median(warm.slice(-third))];
  return { early, late, isTooMuch: late - early > Math.max(ALLOWED_BYTES, early * ALLOWED_SHARE) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
