import { statSync } from 'node:fs';
import { FileReplacedError } from '../../app/visits/errors.ts';

/** Which file a path named when it was opened. */
export interface WatchedFile {
  /** @throws {FileReplacedError} when the path names another file or none: what is written to the open one is lost */
  assertInPlace(): void;
}

/** Remembers which file a path names now. */
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
