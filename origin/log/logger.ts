import { type Logger, pino } from 'pino';
import { errorSummary } from '../../app/lib/error-summary.ts';
import { escapeControls } from '../../app/lib/escape-controls.ts';
import { describeProblem, SettingsError } from '../../app/lib/settings.ts';
import type { LogLevel } from '../config.ts';
import { openLogFile } from './rotating-file.ts';
import { getStdoutWriter } from './stdout.ts';

/**
 * JSON lines on standard output, one an event.
 *
 * @param alsoTo takes each line, too
 * @param replica the address of the replica, which every line names
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
  /** Where the log is kept in files as well; undefined for nowhere. */
  directory: string | undefined;
  /** The replica's, which the files are named after. */
  address: string;
}

/** The log of a replica. */
export interface OpenLog {
  log: Logger;
  /** Writes what its file has not got yet; standard output has it all. */
  close(): Promise<void>;
}

/**
 * Opens the log of a replica.
 *
 * @throws {SettingsError} when nothing can be written in the folder
 */
export async function openLog({ level, directory, address }: LogOptions): Promise<OpenLog> {
  if (directory === undefined) return { log: createLogger(level, undefined, address), close: async () => {} };
  try {
    const file = await openLogFile({
      directory,
      address,
      onFailure: (error) => log.error({ cause: errorSummary(error) }, 'the log cannot be kept in files'),
    });
    const log = createLogger(level, file.write, address);
    return { log, close: file.close };
  } catch (error) {
    const got = `${JSON.stringify(directory)} (${(error as NodeJS.ErrnoException).code})`;
    const fix = 'give the folder to the user that the replica runs as';
    throw new SettingsError([describeProblem('LOG_DIRECTORY', 'a folder that can be written', got, fix)]);
  }
}
