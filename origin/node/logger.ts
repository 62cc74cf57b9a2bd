import { type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

/** JSON lines on standard output, one an event. */
export function createLogger(level: LogLevel): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
