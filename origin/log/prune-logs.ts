import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface LogFileName {
  name: string;
  /** The replica's address as it appears in the name. */
  replica: string;
  /** Increases from file to file of a replica. */
  number: number;
}

/** How many files are kept per replica, and in total for all replicas that ever logged to the folder. */
const FILES_OF_A_REPLICA = 5;
const FILES_IN_ALL = 100;

/** Names a file after the replica's address, in characters that every file system accepts. */
export function logFileName(address: string, number: number): LogFileName {
  const replica = address.replace(/[^\w.]/g, '-');
  return { name: `mooring-${replica}.${number}.log`, replica, number };
}

/** Lists the log files in a folder and ignores other files. Files may disappear at any time. */
export async function listLogFiles(directory: string): Promise<LogFileName[]> {
  return (await readdir(directory)).flatMap((name) => {
    const [, replica, number] = /^mooring-(.+)\.(\d{1,15})\.log$/.exec(name) ?? [];
    return replica === undefined ? [] : [{ name, replica, number: Number(number) }];
  });
}

/**
 * Returns the files to delete: all but the last five of each replica, and of the remaining files all but the hundred that
 * were written last.
 */
export function logsToPrune<T extends LogFileName & { modifiedMs: number }>(files: readonly T[]): T[] {
  const kept = Map.groupBy(files, ({ replica }) => replica)
    .values()
    .flatMap((ofOne) => ofOne.toSorted((a, b) => b.number - a.number).slice(0, FILES_OF_A_REPLICA))
    .toArray()
    .sort((a, b) => b.modifiedMs - a.modifiedMs)
    .slice(0, FILES_IN_ALL);
  return files.filter((file) => !kept.includes(file));
}

/** Deletes surplus log files. Several replicas may do so at the same time, so a missing file is no error. */
export async function pruneLogs(directory: string): Promise<void> {
  const files = await Promise.all(
    (await listLogFiles(directory)).map(async (file) => {
      const stats = await stat(join(directory, file.name)).catch(() => undefined);
      return { ...file, modifiedMs: stats?.mtimeMs ?? 0 };
    }),
  );
  await Promise.all(logsToPrune(files).map(({ name }) => rm(join(directory, name), { force: true })));
}
