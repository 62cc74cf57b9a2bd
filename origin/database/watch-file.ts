import { statSync } from 'node:fs';
import { FileReplacedError } from '../../app/lib/store-errors.ts';

/** Remembers which file a path named when it was opened. */
export interface WatchedFile {
  /** @throws {FileReplacedError} when the path names another file or none: data written to the open file would be lost */
  assertInPlace(): void;
}

export function watchFile(path: string): WatchedFile {
  const opened = identify(path);
  return {
    assertInPlace() {
      if (identify(path) !== opened) throw new FileReplacedError(path);
    },
  };
}

function identify(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
