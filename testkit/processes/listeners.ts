import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * Finds the processes that listen on a port of this machine, from Linux's `/proc`.
 *
 * @returns process ids; empty on a system without `/proc`
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
