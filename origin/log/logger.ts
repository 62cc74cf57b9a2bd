import { type Logger, pino } from 'pino';
import { errorSummary } from '../../app/lib/error-summary.ts';
import { escapeControls } from '../../app/lib/escape-controls.ts';
import { describeProblem, SettingsError } from '../../app/lib/settings.ts';
import type { LogLevel } from '../settings.ts';
import { openLogFile } from './rotating-file.ts';
import { getStdoutWriter } from './stdout.ts';

/**
 * Creates a logger that writes JSON lines to standard output.
 *
 * @param alsoTo receives each line, too
 * @param replica the address of the replica, which becomes a field of every line
 */
export function createLogger(level: LogLevel, alsoTo?: (line: string) => void, replica?: string): Logger {
  const format = {
    level,
    base: replica === undefined ? null : { replica },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const output = getStdoutWriter();
  return pino(format, {
    write(line) {
      const safe = escapeControls(line);
      output(safe);
      alsoTo?.(safe);
    },
  });
}

export interface LogOptions {
  level: LogLevel;
  /** The folder for log files; undefined for none. */
  directory: string | undefined;
  /** The replica's address, from which the file names derive. */
  address: string;
}

export interface OpenLog {
  log: Logger;
  /** Writes the lines that are still buffered for the file; standard output has them all. */
  close(): Promise<void>;
}

/**
 * Opens the log of a replica.
 *
 * @throws {SettingsError} when the folder is not writable
 */
export async function openLog({ level, directory, address }: LogOptions): Promise<OpenLog> {
  if (directory === undefined) return { log: createLogger(level, undefined, address), close: async () => {} };
  try {
    const file = await openLogFile({
      directory,
      address,
      onFailure: (error) => log.error({ cause: errorSummary(error) }, 'log file failed'),
    });
    const log = createLogger(level, file.write, address);
    return { log, close: file.close };
  } catch (error) {
    const got = `${JSON.stringify(directory)} (${(error as NodeJS.ErrnoException).code})`;
    const fix = 'give the folder to the user that the replica runs as';
    throw new SettingsError([describeProblem('LOG_DIRECTORY', 'a folder that can be written', got, fix)]);
  }
}
