import { type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

/** JSON lines on standard output, one an event. */
export function createLogger(level: LogLevel): Logger {
  const format = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // Written before the process goes on: at its exit the last lines would overtake those still under way.
  return pino(format, pino.destination({ sync: true }));
}
