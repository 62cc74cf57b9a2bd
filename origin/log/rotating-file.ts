import { appendFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { waitAtMost } from '../../app/lib/wait-at-most.ts';
import { listLogFiles, logFileName, pruneLogs } from './prune-logs.ts';

export interface LogFileOptions {
  /** Created when missing. */
  directory: string;
  /** The replica's address, from which the file names derive. */
  address: string;
  /** Called on the first failed write, and again only after a write has succeeded in between. */
  onFailure: (error: unknown) => void;
  /** When a file reaches this size, the next one begins. */
  maxBytes?: number;
  flushIntervalMs?: number;
}

/** A log in files of bounded size and number. A failure never disturbs the code that logs. */
export interface LogFile {
  /** Buffers a line, which includes its newline. It is written within a second. */
  write(line: string): void;
  /** Writes the buffered lines, but does not wait long for a disk that hangs. */
  close(): Promise<void>;
}

/** This many characters are written without waiting for the next interval. */
const CHUNK_LENGTH = 256 * 1024;

/** Upper bound of buffered characters: while the disk is full or slow, further lines are dropped. */
const WAITING_LIMIT = 4 * 1024 * 1024;

const CLOSE_TIMEOUT_MS = 1000;

/** Log lines contain client addresses, so only the owner may read them, whatever the umask. */
const OWNER_ONLY = 0o600;

/**
 * Opens the log of a replica and continues its last file.
 *
 * @throws the file system's error when the folder is not writable
 */
export async function openLogFile(options: LogFileOptions): Promise<LogFile> {
  const { directory, address, onFailure, maxBytes = 10 * 1024 * 1024, flushIntervalMs = 1000 } = options;
  let waiting: string[] = [];
  let waitingLength = 0;
  let writing: Promise<void> | undefined;
  let isFailing = false;

  await mkdir(directory, { recursive: true });
  const ours = (await listLogFiles(directory)).filter(({ replica }) => replica === logFileName(address, 0).replica);
  let number = Math.max(1, ...ours.map((file) => file.number));
  await appendFile(path(), '', { mode: OWNER_ONLY });
  let bytes = (await stat(path())).size;
  void tidy();
  const timer = setInterval(flush, flushIntervalMs).unref();

  function path(): string {
    return join(directory, logFileName(address, number).name);
  }

  async function tidy(): Promise<void> {
    await pruneLogs(directory).catch(onFailure);
  }

  function flush(): Promise<void> {
    writing ??= writeWaiting().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function writeWaiting(): Promise<void> {
    if (waiting.length === 0) return;
    // A failed write may have ended in the middle of a line.
    const chunk = Buffer.from((isFailing ? '\n' : '') + waiting.join(''));
    waiting = [];
    waitingLength = 0;
    const isFull = bytes >= maxBytes;
    if (isFull) {
      number++;
      bytes = 0;
    }
    try {
      // Opens the file for each write, so that one that was deleted is created again.
      await appendFile(path(), chunk, { mode: OWNER_ONLY });
      bytes += chunk.length;
      isFailing = false;
    } catch (error) {
      fail(error);
    }
    if (isFull) await tidy();
  }

  function fail(error: unknown): void {
    if (isFailing) return;
    isFailing = true;
    onFailure(error);
  }

  return {
    write(line) {
      if (waitingLength >= WAITING_LIMIT) return fail(new Error('lines arrive faster than they are written'));
      waiting.push(line);
      waitingLength += line.length;
      if (waitingLength >= CHUNK_LENGTH && !isFailing) void flush();
    },
    async close() {
      clearInterval(timer);
      await waitAtMost((writing ?? Promise.resolve()).then(flush), CLOSE_TIMEOUT_MS);
    },
  };
}
