import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that a replica logs to, or did. */
export interface LogFileName {
  name: string;
  /** Whose it is, as the name says it. */
  replica: string;
  /** A replica's later files have higher ones. */
  number: number;
}

/** How many files a replica keeps, and how many all replicas that ever logged there keep together. */
const FILES_OF_A_REPLICA = 5;
const FILES_IN_ALL = 100;

/** Names a file after the replica's address, in characters that any file system takes. */
export function logFileName(address: string, number: number): LogFileName {
  const replica = address.replace(/[^\w.]/g, '-');
  return { name: `mooring-${replica}.${number}.log`, replica, number };
}

/** The log files in a folder, as they were a moment ago; whatever else is in it is not ours. */
export async function listLogFiles(directory: string): Promise<LogFileName[]> {
  return (await readdir(directory)).flatMap((name) => {
    const [, replica, number] = /^mooring-(.+)\.(\d{1,15})\.log$/.exec(name) ?? [];
    return replica === undefined ? [] : [{ name, replica, number: Number(number) }];
  });
}

/**
 * Says which files are too many: of a replica all but the last five, and of those that are left the ones beyond a hundred, the
 * longest unwritten first.
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

/** Removes the surplus. Several replicas may do so at once: a file that is gone already is as good. */
export async function pruneLogs(directory: string): Promise<void> {
  const files = await Promise.all(
    (await listLogFiles(directory)).map(async (file) => {
      const stats = await stat(join(directory, file.name)).catch(() => undefined);
      return { ...file, modifiedMs: stats?.mtimeMs ?? 0 };
    }),
  );
  await Promise.all(logsToPrune(files).map(({ name }) => rm(join(directory, name), { force: true })));
}
